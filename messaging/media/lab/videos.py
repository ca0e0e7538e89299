"""Videos and round video notes: H.264 with AAC in MP4 goes as it is, others are encoded anew."""

from fractions import Fraction
from itertools import pairwise
from typing import Any

import av
import av.filter

from .containers import MAX_SECONDS, first_stream, opened, seconds_of
from .job import Job, Result, too_complex
from .pictures import thumbnail

LONGEST_SIDE = 1280
NOTE_SIDE = 480
MAX_FRAMES = 60 * 60 * 30
MAX_RATE = 30


def video(job: Job) -> Result:
    """A video message."""
    return _video(job, square=False)


def video_note(job: Job) -> Result:
    """A round video: its middle square."""
    return _video(job, square=True)


def _video(job: Job, *, square: bool) -> Result:
    with opened(job.path, "a video") as container:
        stream = first_stream(container, "video", "a video")
        context = stream.codec_context
        if context.width * context.height > job.max_pixels:
            raise too_complex(f"pixels; {job.max_pixels} are allowed")
        seconds = seconds_of(container, stream)
        if seconds and seconds > MAX_SECONDS:
            raise too_complex(f"seconds; {MAX_SECONDS} are allowed")
        first = next(container.decode(stream))
        turned = int(getattr(first, "rotation", 0) or 0) % 180 != 0
        width, height = (context.height, context.width) if turned else (context.width, context.height)
        picture = first.to_image()
        if rotation := int(getattr(first, "rotation", 0) or 0):
            picture = picture.rotate(rotation, expand=True)
        fits = _fits(container, stream) and (not square or width == height)
        if not fits:
            container.seek(0)
            width, height = _encode(container, stream, job.output, first, square=square)
    thumbnail(picture, job.thumbnail)
    return Result(mimetype="" if fits else "video/mp4", width=width, height=height, seconds=seconds, thumbnail=True)


def _fits(container: Any, stream: Any) -> bool:
    sounds = [each for each in container.streams if each.type == "audio"]
    return (
        "mp4" in container.format.name
        and stream.codec_context.name == "h264"
        and stream.codec_context.pix_fmt in ("yuv420p", "yuvj420p")
        and all(sound.codec_context.name == "aac" for sound in sounds)
    )


def _encode(container: Any, stream: Any, output: str, sample: Any, *, square: bool) -> tuple[int, int]:
    graph = _Graph(stream, sample, square=square)
    rate = min(Fraction(MAX_RATE), stream.average_rate or Fraction(25))
    sound = next((each for each in container.streams if each.type == "audio"), None)
    with av.open(output, "w", format="mp4", options={"movflags": "+faststart"}) as target:
        picture_out = target.add_stream("libx264", rate=rate, options={"preset": "veryfast", "crf": "26"})
        picture_out.width, picture_out.height, picture_out.pix_fmt = graph.width, graph.height, "yuv420p"
        picture_out.time_base = stream.time_base
        sound_out: Any = target.add_stream("aac", rate=44100, layout="stereo") if sound else None
        resampler = av.AudioResampler(format="fltp", layout="stereo", rate=44100, frame_size=1024)
        frames = 0
        for packet in container.demux([each for each in (stream, sound) if each]):
            for frame in packet.decode():
                if packet.stream is sound:
                    for even in resampler.resample(frame):
                        target.mux(sound_out.encode(even))
                    continue
                frames += 1
                if frames > MAX_FRAMES:
                    raise too_complex(f"frames; {MAX_FRAMES} are allowed")
                target.mux(picture_out.encode(graph.shaped(frame)))
        if sound_out:
            for even in resampler.resample(None):
                target.mux(sound_out.encode(even))
            target.mux(sound_out.encode(None))
        target.mux(picture_out.encode(None))
    return graph.width, graph.height


class _Graph:
    """Turns upright, crops to a square if wanted, scales down to what WhatsApp shows."""

    def __init__(self, stream: Any, sample: Any, *, square: bool) -> None:
        rotation = int(getattr(sample, "rotation", 0) or 0) % 360
        width, height = sample.width, sample.height
        if rotation in (90, 270):
            width, height = height, width
        if square:
            side = min(width, height)
            cut, (self.width, self.height) = f"{side}:{side}", (NOTE_SIDE, NOTE_SIDE)
        else:
            scale = min(1.0, LONGEST_SIDE / max(width, height))
            cut, (self.width, self.height) = "", (_even(width * scale), _even(height * scale))
        graph = av.filter.Graph()
        steps = [graph.add_buffer(template=stream)]
        turns = {90: ["cclock"], 180: ["clock", "clock"], 270: ["clock"]}.get(rotation, [])
        steps += [graph.add("transpose", turn) for turn in turns]
        steps += [graph.add("crop", cut)] if cut else []
        steps += [graph.add("scale", f"{self.width}:{self.height}"), graph.add("format", "yuv420p")]
        steps.append(graph.add("buffersink"))
        for step, following in pairwise(steps):
            step.link_to(following)
        graph.configure()
        self._graph = graph

    def shaped(self, frame: Any) -> Any:
        self._graph.push(frame)
        shaped: Any = self._graph.pull()
        shaped.pict_type = 0
        return shaped


def _even(length: float) -> int:
    return max(2, int(length) // 2 * 2)
