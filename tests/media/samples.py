"""Small true files of all sorts, made when they are needed."""

import io
import math
import struct
import wave
import zlib
from functools import cache

import av
from PIL import Image


@cache
def picture(format: str = "JPEG", size: tuple[int, int] = (320, 200)) -> bytes:
    file = io.BytesIO()
    mode = "RGB" if format == "JPEG" else "RGBA"
    Image.linear_gradient("L").resize(size).convert(mode).save(file, format)
    return file.getvalue()


@cache
def moving(format: str = "GIF", frames: int = 5) -> bytes:
    file = io.BytesIO()
    pictures = [Image.new("RGB", (120, 60), (40 * number, 0, 255 - 40 * number)) for number in range(frames)]
    pictures[0].save(file, format, save_all=True, append_images=pictures[1:], duration=200, loop=0)
    return file.getvalue()


@cache
def wav(seconds: float = 1.0) -> bytes:
    """Growing louder, in stereo."""
    file = io.BytesIO()
    count = int(16000 * seconds)
    with wave.open(file, "wb") as sound:
        sound.setnchannels(2)
        sound.setsampwidth(2)
        sound.setframerate(16000)
        values = (int(30000 * (at / count) * math.sin(at / 5)) for at in range(count))
        sound.writeframes(b"".join(struct.pack("<hh", value, value) for value in values))
    return file.getvalue()


@cache
def opus(seconds: float = 1.0) -> bytes:
    """A voice note as a phone makes it."""
    file = io.BytesIO()
    with av.open(io.BytesIO(wav(seconds))) as source, av.open(file, "w", format="ogg") as target:
        stream = target.add_stream("libopus", rate=48000, layout="mono")
        resampler = av.AudioResampler(format="s16", layout="mono", rate=48000, frame_size=960)
        for frame in [*source.decode(audio=0), None]:
            for even in resampler.resample(frame):
                target.mux(stream.encode(even))
        target.mux(stream.encode(None))
    return file.getvalue()


@cache
def movie(format: str = "mp4", codec: str = "libx264", size: tuple[int, int] = (160, 120), frames: int = 10) -> bytes:
    file = io.BytesIO()
    with av.open(file, "w", format=format) as target:
        stream = target.add_stream(codec, rate=10)
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        for number in range(frames):
            shade = 255 * number // frames
            target.mux(stream.encode(av.VideoFrame.from_image(Image.new("RGB", size, (shade, 90, 40)))))
        target.mux(stream.encode(None))
    return file.getvalue()


@cache
def bomb(width: int = 60_000, height: int = 60_000) -> bytes:
    """A PNG of some kilobytes that says it has 3.6 billion pixels."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(bytes(1 << 20), 9)) + chunk(b"IEND", b"")
