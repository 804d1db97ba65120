"""The demo's forum: what customers of Vivvo's product asked, and who answered."""

from datetime import datetime, timedelta

from contracts.models import Product, User
from knowledgebase.models import Answer, Question
from knowledgebase.services import editing, forum, moderation


class Talk:
    """The questions and answers of two people, and what a reader says of one; the story ends at ``at``."""

    def __init__(self, *, customer: User, reader: User, agent: User, product: Product, at: datetime) -> None:
        self.customer = customer
        self.reader = reader
        self.agent = agent
        self.product = product
        self.at = at

    def write(self) -> None:
        """All of it."""
        self.moved()
        self.closed()
        self.feed()
        self.unanswered()

    def moved(self) -> None:
        question = self.ask(
            self.customer,
            30,
            "How do I move a site to another server?",
            "We run **4.7** and move to a new machine next month.\n\n"
            "- Is it enough to copy the files and the database?\n"
            "- What has to be changed in `conf.php`?",
        )
        answer = self.answer(
            question,
            self.agent,
            29,
            "Copy both, then change three things:\n\n"
            "1. the database in `conf.php`,\n"
            "2. the address of the site, in the same file,\n"
            "3. the owner of the folder `cache`, so that the web server may write there.\n\n"
            "```ini\nsite.url = https://www.example.com/\n```\n\n"
            "Empty the cache afterwards.",
        )
        text = answer.text.replace("the cache", "`cache`")
        editing.edit_answer(answer=answer, text=text, actor=self.agent, at=self.ago(29))
        forum.mark_solution(answer=answer, actor=self.customer, at=self.ago(28))
        self.answer(
            question, self.customer, 28, "That was it. The third point would have cost me an evening."
        )

    def closed(self) -> None:
        question = self.ask(
            self.agent,
            120,
            "Which versions of PHP does 4.5 run on?",
            "Asked often, so it stands here once. See also the page of supported environments.",
        )
        answer = self.answer(question, self.agent, 120, "5.6 and 7.0. For anything newer, take 4.7.")
        moderation.report_answer(
            answer=answer,
            reason="The page of environments says 7.1, too.",
            actor=self.reader,
            at=self.ago(3),
        )
        moderation.close_question(
            question=question,
            reason="It is said on the page of environments",
            actor=self.agent,
            at=self.ago(60),
        )

    def feed(self) -> None:
        question = self.ask(
            self.customer,
            6,
            "The feed shows drafts",
            "An article that is *not published yet* stands in the feed of its category. Is there a setting?",
        )
        self.answer(
            question,
            self.agent,
            5,
            "There should be no need of one. Does it happen with `cache.feeds = off`, too? "
            "If it does, please make a ticket of this question: then its clocks run.",
        )

    def unanswered(self) -> None:
        self.ask(
            self.customer,
            1,
            "Can two editors see that they work on the same article?",
            "It happens about once a week, and the second one overwrites the first.",
        )

    def ago(self, days: float) -> datetime:
        return self.at - timedelta(days=days)

    def ask(self, asker: User, days: float, title: str, text: str) -> Question:
        return forum.ask_question(
            product=self.product,
            title=title,
            text=text,
            submission_key=f"demo-{title}"[:64],
            actor=asker,
            at=self.ago(days),
        )

    def answer(self, question: Question, author: User, days: float, text: str) -> Answer:
        return forum.answer_question(
            question=question,
            text=text,
            submission_key=f"demo-{question.pk}-{days}-{author.pk}",
            actor=author,
            at=self.ago(days),
        )
