"""Files of articles: what is taken, what of a picture is kept, and when one goes."""

from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, PngImagePlugin

from contracts.models import Contact, User
from contracts.refusals import Refused
from knowledgebase.models import Article, ArticleFile
from knowledgebase.services import articles, files, pictures
from knowledgebase.services.files import add_file, remove_file
from knowledgebase.tests.writing import draft, picture, typed, upload

pytestmark = pytest.mark.django_db
SECRET = b"GPS 52.5 13.4 taken by Nora"


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def article(agent: User, monday: datetime) -> Article:
    return draft(agent, monday)


def content_of(file: ArticleFile) -> bytes:
    with file.file.open() as stored:
        return bytes(stored.read())


def opened(file: ArticleFile) -> Image.Image:
    image = Image.open(BytesIO(content_of(file)))
    image.load()
    return image


def with_secret(kind: str) -> bytes:
    """A picture whose file says more than its pixels."""
    options: dict[str, Any] = {"comment": SECRET} if kind in {"GIF", "JPEG"} else {}
    if kind == "PNG":
        info = PngImagePlugin.PngInfo()
        info.add_text("Comment", SECRET.decode())
        options["pnginfo"] = info
    if kind in {"JPEG", "WEBP", "PNG"}:
        exif = Image.Exif()
        exif[0x010E] = SECRET.decode()
        options["exif"] = exif
    if kind != "GIF":
        options["icc_profile"] = SECRET
    return picture(kind, **options)


class TestPictures:
    @pytest.mark.parametrize(
        ("name", "kind"),
        [("a.png", "PNG"), ("a.jpg", "JPEG"), ("a.jpeg", "JPEG"), ("a.gif", "GIF"), ("a.webp", "WEBP")],
    )
    def test_only_their_pixels_are_kept(
        self, name: str, kind: str, article: Article, agent: User, monday: datetime
    ) -> None:
        content = with_secret(kind)
        assert SECRET[:3] in content
        file = add_file(article=article, upload=upload(name, content), actor=agent, at=monday)
        kept = opened(file)
        assert (kept.format, file.width, file.height) == (kind, 8, 6)
        assert SECRET[:3] not in content_of(file)
        assert not kept.info.get("icc_profile")
        assert not kept.getexif()

    def test_what_hangs_behind_the_picture_is_gone(
        self, article: Article, agent: User, monday: datetime
    ) -> None:
        content = picture() + b"PK\x03\x04<script>"
        file = add_file(article=article, upload=upload("a.png", content), actor=agent, at=monday)
        assert b"<script>" not in content_of(file)

    def test_a_turned_photograph_stands_upright(
        self, article: Article, agent: User, monday: datetime
    ) -> None:
        exif = Image.Exif()
        exif[0x0112] = 6
        file = add_file(
            article=article, upload=upload("a.jpg", picture("JPEG", exif=exif)), actor=agent, at=monday
        )
        assert (file.width, file.height) == (6, 8)

    @pytest.mark.parametrize("kind", ["GIF", "WEBP"])
    def test_moving_ones_move_on(self, kind: str, article: Article, agent: User, monday: datetime) -> None:
        frames = [Image.new("RGB", (8, 6), colour) for colour in ("red", "green", "blue")]
        written = BytesIO()
        frames[0].save(written, format=kind, save_all=True, append_images=frames[1:], duration=[50, 60, 70])
        name = f"a.{kind.lower()}"
        file = add_file(article=article, upload=upload(name, written.getvalue()), actor=agent, at=monday)
        assert getattr(opened(file), "n_frames", 1) == 3

    @pytest.mark.parametrize(
        ("kind", "mode"),
        [
            ("PNG", "RGBA"),
            ("PNG", "P"),
            ("PNG", "1"),
            ("PNG", "I;16"),
            ("PNG", "LA"),
            ("JPEG", "CMYK"),
            ("JPEG", "L"),
            ("GIF", "P"),
        ],
    )
    def test_every_kind_of_colour_is_taken(
        self, kind: str, mode: str, article: Article, agent: User, monday: datetime
    ) -> None:
        name = {"PNG": "a.png", "JPEG": "a.jpg", "GIF": "a.gif"}[kind]
        content = picture(kind, mode=mode)
        assert add_file(article=article, upload=upload(name, content), actor=agent, at=monday).is_picture

    def test_more_pixels_than_memory_takes_are_refused_before_they_are_unpacked(
        self, article: Article, agent: User, monday: datetime
    ) -> None:
        bomb = upload("a.png", picture(size=(12_000, 12_000), mode="1"))
        with pytest.raises(Refused, match=r"million pixels|cannot be read"):
            add_file(article=article, upload=bomb, actor=agent, at=monday)

    def test_the_limit_is_pillow_s_own_too(self) -> None:
        assert Image.MAX_IMAGE_PIXELS == pictures.MOST_PIXELS

    def test_one_that_is_cut_off_is_refused(self, article: Article, agent: User, monday: datetime) -> None:
        content = picture(size=(300, 300))
        with pytest.raises(Refused, match="cannot be read as a picture"):
            add_file(article=article, upload=upload("a.png", content[:200]), actor=agent, at=monday)


class TestTaking:
    def test_an_attachment_is_kept_as_it_is(self, article: Article, agent: User, monday: datetime) -> None:
        file = add_file(article=article, upload=upload("../a b.txt", b"06:12 lost"), actor=agent, at=monday)
        assert (file.name, content_of(file), file.is_picture) == ("a b.txt", b"06:12 lost", False)
        assert article.events.latest("pk").text == "a b.txt"

    @pytest.mark.parametrize(
        ("name", "content"),
        [
            ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
            ("a.SVG", b"<svg/>"),
            ("a.html", b"<p>"),
            ("a.png", b"<svg/>"),
            ("a.png", b""),
            ("a.exe", b"MZ"),
            ("a", b"x"),
        ],
    )
    def test_what_could_run_or_is_not_what_it_says_is_refused(
        self, name: str, content: bytes, article: Article, agent: User, monday: datetime, settings: Any
    ) -> None:
        settings.ATTACHMENT_TYPES = [*settings.ATTACHMENT_TYPES, "svg", "html"]
        with pytest.raises(Refused):
            add_file(article=article, upload=upload(name, content), actor=agent, at=monday)
        assert not ArticleFile.objects.exists()

    def test_limits_are_those_of_tickets(
        self, article: Article, agent: User, monday: datetime, settings: Any
    ) -> None:
        settings.ATTACHMENT_MAX_BYTES = 8
        with pytest.raises(Refused, match="larger than 8 bytes"):
            add_file(article=article, upload=upload("a.txt", b"123456789"), actor=agent, at=monday)

    def test_the_same_again_is_no_other_file(self, article: Article, agent: User, monday: datetime) -> None:
        made = [
            add_file(article=article, upload=upload("a.png", picture()), actor=agent, at=monday)
            for _ in range(2)
        ]
        assert made[0] == made[1]
        assert article.events.filter(kind="file_added").count() == 1

    def test_there_is_a_limit_of_files(
        self, article: Article, agent: User, monday: datetime, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(files, "MOST", 1)
        add_file(article=article, upload=upload("a.txt", b"a"), actor=agent, at=monday)
        with pytest.raises(Refused, match="at most 1 files"):
            add_file(article=article, upload=upload("b.txt", b"b"), actor=agent, at=monday)

    def test_a_contact_adds_none(self, article: Article, contact: Contact, monday: datetime) -> None:
        with pytest.raises(Refused, match="Only staff"):
            add_file(article=article, upload=upload("a.txt", b"a"), actor=contact.user, at=monday)


class TestRemoving:
    def test_its_content_goes_once_that_is_certain(
        self,
        article: Article,
        agent: User,
        monday: datetime,
        media: Path,
        django_capture_on_commit_callbacks: Any,
    ) -> None:
        file = add_file(article=article, upload=upload("a.txt", b"a"), actor=agent, at=monday)
        stored = media / str(file.file.name)
        assert stored.exists()
        with django_capture_on_commit_callbacks(execute=True):
            remove_file(file=file, actor=agent, at=monday)
        assert not stored.exists()
        assert article.events.latest("pk").kind == "file_removed"

    def test_one_that_the_text_shows_stays(self, article: Article, agent: User, monday: datetime) -> None:
        file = add_file(article=article, upload=upload("a.png", picture()), actor=agent, at=monday)
        text = f"![The switch](/kb/files/{file.pk}/a.png)"
        articles.save_version(**typed(article, text=text), actor=agent, at=monday)
        with pytest.raises(Refused, match=r"Version 2 shows a\.png"):
            remove_file(file=file, actor=agent, at=monday)
