"""Audio files and voice notes. A voice note is Opus in Ogg, mono, with 64 volumes for its picture."""

from array import array
from typing import Any

import av

from .containers import MAX_SECONDS, first_stream, opened, seconds_of
from .job import Job, Result, too_complex

OPUS = "audio/ogg; codecs=opus"
# Container and codec of what WhatsApp plays as it is.
PLAYED = {("mp3", "mp3"), ("mp3", "mp3float"), ("mov", "aac"), ("aac", "aac"), ("amr", "amrnb"), ("ogg", "opus")}
BARS = 64
LOUDNESS_RATE = 4000
BLOCK = LOUDNESS_RATE // 20


def audio(job: Job) -> Result:
    """An audio message: an unusual format becomes Opus."""
    with opened(job.path, "audio") as container:
        stream = first_stream(container, "audio", "audio")
        played = (container.format.name.split(",")[0], stream.codec_context.name) in PLAYED
        seconds = seconds_of(container, stream)
        if played and len(container.streams) == 1:
            return Result(seconds=seconds)
        written = _opus(container, stream, job.output, mono=False)
    return Result(mimetype=OPUS, seconds=seconds or written.seconds)


def voice(job: Job) -> Result:
    """A voice note."""
    with opened(job.path, "audio") as container:
        stream = first_stream(container, "audio", "audio")
        is_opus = container.format.name == "ogg" and stream.codec_context.name in ("opus", "libopus")
        fits = is_opus and stream.codec_context.channels == 1 and len(container.streams) == 1
        written = _opus(container, stream, "" if fits else job.output, mono=True)
    return Result(mimetype="" if fits else OPUS, seconds=written.seconds, waveform=written.waveform)


class _Written:
    def __init__(self) -> None:
        self.samples = 0
        self.peaks: list[int] = []

    def hear(self, frame: Any) -> None:
        """Note the volume of a frame at LOUDNESS_RATE."""
        sound = array("h", bytes(frame.planes[0])[: frame.samples * 2])
        self.samples += len(sound)
        if self.samples > MAX_SECONDS * LOUDNESS_RATE:
            raise too_complex(f"seconds; {MAX_SECONDS} are allowed")
        self.peaks += [max(map(abs, sound[at : at + BLOCK])) for at in range(0, len(sound), BLOCK)]

    @property
    def seconds(self) -> float:
        return round(self.samples / LOUDNESS_RATE, 2)

    @property
    def waveform(self) -> str:
        """64 volumes from 0 to 100 relative to the loudest, in hex."""
        loudest = max(self.peaks, default=0) or 1
        bars = []
        for bar in range(BARS):
            first = bar * len(self.peaks) // BARS
            part = self.peaks[first : max(first + 1, (bar + 1) * len(self.peaks) // BARS)]
            bars.append(sum(part) * 100 // (len(part) * loudest) if part else 0)
        return bytes(bars).hex()


def _opus(container: Any, stream: Any, output: str, *, mono: bool) -> _Written:
    """Decode once; write Opus unless `output` is empty, and listen."""
    written = _Written()
    listening = av.AudioResampler(format="s16", layout="mono", rate=LOUDNESS_RATE)
    target = av.open(output, "w", format="ogg") if output else None
    try:
        encoder = _Encoder(target, mono=mono) if target else None
        for frame in container.decode(stream):
            frame.pts = None
            for heard in listening.resample(frame):
                written.hear(heard)
            if encoder:
                encoder.write(frame)
        for heard in listening.resample(None):
            written.hear(heard)
        if encoder:
            encoder.write(None)
    finally:
        if target:
            target.close()
    return written


class _Encoder:
    def __init__(self, target: Any, *, mono: bool) -> None:
        layout = "mono" if mono else "stereo"
        self._target = target
        self._stream = target.add_stream("libopus", rate=48000, layout=layout)
        self._stream.bit_rate = 32_000 if mono else 96_000
        self._resampler = av.AudioResampler(format="s16", layout=layout, rate=48000, frame_size=960)

    def write(self, frame: Any) -> None:
        """Encode a frame; None ends the stream."""
        for even in self._resampler.resample(frame):
            self._target.mux(self._stream.encode(even))
        if frame is None:
            self._target.mux(self._stream.encode(None))
