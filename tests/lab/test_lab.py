"""What the lab makes of files. Mostly called in this process; the last tests run it as the process that it is."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import pytest
from PIL import Image

from messaging.media import making
from messaging.media.lab.__main__ import work
from messaging.media.lab.job import Job
from messaging.media.making import Made, MakingFailed
from tests.media import samples

Make = Callable[..., Any]


def _here(job: dict[str, Any], seconds: float) -> dict[str, Any]:
    return work(Job(**job))


@pytest.fixture
def made(tmp_path: Path, monkeypatch) -> Make:
    def made(kind: str, data: bytes, *, process: bool = False, **options: object) -> Made:
        source = tmp_path / "source"
        source.write_bytes(data)
        with monkeypatch.context() as patch:
            if not process:
                patch.setattr(making, "_run", _here)
            return making.make(source, kind=kind, folder=tmp_path, options=options)

    return made


def code(made: Make, kind: str, data: bytes, **options: object) -> str:
    with pytest.raises(MakingFailed) as caught:
        made(kind, data, **options)
    assert caught.value.text.endswith(".")
    return caught.value.code


@pytest.mark.parametrize("format", ["JPEG", "PNG"])
def test_a_common_image_goes_as_it_is(made: Make, format: str) -> None:
    result = made("image", samples.picture(format))
    assert (result.output, result.width, result.height) == (None, 320, 200)
    assert Image.open(result.thumbnail).format == "JPEG"
    assert max(Image.open(result.thumbnail).size) == 160


def test_another_image_becomes_jpeg(made: Make) -> None:
    result = made("image", samples.picture("WEBP"))
    assert result.mimetype == "image/jpeg"
    assert Image.open(result.output).size == (320, 200)


def test_a_sound_becomes_a_voice_note(made: Make) -> None:
    result = made("voice", samples.wav(2.0))
    with av.open(str(result.output)) as note:
        stream = note.streams.audio[0]
        assert (note.format.name, stream.codec_context.channels) == ("ogg", 1)
        assert "opus" in stream.codec_context.name
        samples_heard = sum(frame.samples for frame in note.decode(stream))
    assert abs(samples_heard / 48000 - 2.0) < 0.1
    assert result.mimetype == "audio/ogg; codecs=opus"
    assert result.seconds == pytest.approx(2.0, abs=0.1)
    volumes = bytes.fromhex(result.waveform)
    assert len(volumes) == 64
    assert max(volumes) <= 100
    assert volumes[5] < volumes[30] < volumes[60]


def test_a_voice_note_goes_as_it_is(made: Make) -> None:
    result = made("voice", samples.opus())
    assert result.output is None
    assert len(bytes.fromhex(result.waveform)) == 64


def test_a_video_goes_as_it_is(made: Make) -> None:
    result = made("video", samples.movie())
    assert (result.output, result.width, result.height, result.seconds) == (None, 160, 120, 1.0)
    assert Image.open(result.thumbnail).size == (160, 120)


def test_another_video_is_encoded_anew(made: Make) -> None:
    result = made("video", samples.movie("webm", "libvpx-vp9"))
    with av.open(str(result.output)) as video:
        assert video.streams.video[0].codec_context.name == "h264"
        assert sum(1 for _ in video.decode(video=0)) == 10


def test_a_video_note_is_square(made: Make) -> None:
    result = made("video_note", samples.movie())
    assert (result.width, result.height, result.mimetype) == (480, 480, "video/mp4")


def test_a_still_sticker(made: Make) -> None:
    picture = Image.open(made("sticker", samples.picture("PNG")).output)
    assert (picture.format, picture.size) == ("WEBP", (512, 512))
    assert picture.convert("RGBA").getchannel("A").getpixel((256, 2)) == 0  # the rest of the square is transparent


@pytest.mark.parametrize("data", [samples.moving(), samples.moving("WEBP"), samples.movie()])
def test_a_moving_sticker(made: Make, data: bytes) -> None:
    picture = Image.open(made("sticker", data).output)
    assert (picture.format, picture.size, picture.is_animated) == ("WEBP", (512, 512), True)


def test_a_sticker_of_a_pack(made: Make) -> None:
    result = made("sticker", samples.picture("PNG"), pack="Cats", author="Ann", emojis=["😀"])
    exif = Image.open(result.output).info["exif"]
    about = json.loads(exif[exif.index(b"{") :])
    assert (about["sticker-pack-name"], about["sticker-pack-publisher"], about["emojis"]) == ("Cats", "Ann", ["😀"])


@pytest.mark.parametrize("kind", ["image", "video", "video_note", "audio", "voice", "sticker"])
@pytest.mark.parametrize("data", [b"nonsense", b"\xff\xd8\xff\xe0garbage", b"\x00\x00\x00\x18ftypmp42" + b"x" * 500])
def test_what_cannot_be_read(made: Make, kind: str, data: bytes) -> None:
    assert code(made, kind, data) == "media_unreadable"


def test_a_picture_for_a_profile_is_square(made: Make) -> None:
    result = made("square", samples.picture("WEBP", (900, 500)), side=640)
    picture = Image.open(result.output)
    assert (picture.format, picture.size) == ("JPEG", (500, 500))


def test_a_picture_for_a_preview_is_small(made: Make) -> None:
    result = made("preview", samples.picture("PNG", (1200, 600)))
    assert (Image.open(result.output).size, result.mimetype) == ((300, 150), "image/jpeg")


@pytest.mark.parametrize(
    ("html", "about"),
    [
        (
            '<title>Plain</title><meta property="og:title" content="Graph">'
            '<meta name=description content="Say &amp; do">'
            '<meta property="og:image" content="/i.png"><meta property="og:title" content="Second">',
            {"title": "Graph", "description": "Say & do", "image": "https://example.org/i.png"},
        ),
        ("<title> Only\n a title </title><svg><title>No</title></svg>", {"title": "Only a title"}),
        ('<META NAME="Twitter:Title" CONTENT="T"', {}),
        ("<meta name='twitter:title' content='T'>", {"title": "T"}),
        ("\xff\x00<<<>>><!-- <title>x</title>", {}),
        ("", {}),
    ],
)
def test_what_a_page_says_of_itself(made: Make, html: str, about: dict[str, str]) -> None:
    result = made("page", html.encode(), url="https://example.org/a/b")
    assert result.about == about


def test_a_page_in_another_encoding(made: Make) -> None:
    assert made("page", "<title>Café</title>".encode("latin-1"), charset="latin-1").about == {"title": "Café"}
    assert made("page", "<title>Café</title>".encode(), charset="no-such").about == {"title": "Café"}


def test_an_image_bomb(made: Make) -> None:
    assert code(made, "image", samples.bomb()) == "media_too_complex"
    assert code(made, "sticker", samples.bomb()) == "media_too_complex"
    assert code(made, "square", samples.bomb(), side=640) == "media_too_complex"
    assert code(made, "preview", samples.bomb()) == "media_too_complex"


def test_a_playlist_leads_nowhere(made: Make, tmp_path: Path) -> None:
    """A file that names other files: the library would open them."""
    (tmp_path / "secret.mp4").write_bytes(samples.movie())
    playlist = f"#EXTM3U\n#EXTINF:1,\nfile://{tmp_path}/secret.mp4\n#EXT-X-ENDLIST\n".encode()
    concat = f"ffconcat version 1.0\nfile '{tmp_path}/secret.mp4'\n".encode()
    assert code(made, "video", playlist) == "media_unreadable"
    assert code(made, "video", concat) == "media_unreadable"


def test_a_file_that_takes_too_long(made: Make, settings) -> None:
    settings.MEDIA_PREPARE_SECONDS = 0.01
    assert code(made, "image", samples.picture(), process=True) == "media_prepare_timeout"


def test_a_process_of_its_own(made: Make) -> None:
    result = made("voice", samples.wav(), process=True)
    assert (result.output.read_bytes()[:4], result.mimetype) == (b"OggS", "audio/ogg; codecs=opus")


def test_a_crash_is_an_answer(made: Make, monkeypatch) -> None:
    monkeypatch.setattr(making, "COMMAND", ["/bin/sh", "-c", "kill -SEGV $$"])
    assert code(made, "image", samples.picture(), process=True) == "media_unreadable"
