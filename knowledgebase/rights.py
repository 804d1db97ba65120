"""What staff may do with the knowledge base, for ``contracts.services.staff.ensure_staff_groups``.

Agents publish, too: at a small desk nobody else is there, and the checks, the versions and the record stand behind
them. Managers shape the tree of categories.
"""

from contracts.services.staff import ADDS, AGENTS, ALL, CHANGES, MANAGERS, SEES, Rights
from knowledgebase.models import Article, Category, Feedback, FruitlessSearch, Question, Report

DELETES = "delete"

RIGHTS: dict[str, Rights] = {
    AGENTS: {
        Article: ALL,
        Category: (SEES,),
        Feedback: (SEES,),
        FruitlessSearch: (SEES, CHANGES),
        Question: (SEES, CHANGES),
        Report: (SEES, CHANGES),
    },
    MANAGERS: {
        Article: ALL,
        Category: (SEES, ADDS, CHANGES, DELETES),
        Feedback: (SEES,),
        FruitlessSearch: (SEES, CHANGES),
        Question: (SEES, CHANGES),
        Report: (SEES, CHANGES),
    },
}
