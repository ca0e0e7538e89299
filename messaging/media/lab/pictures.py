"""Images: JPEG and PNG go as they are, others become JPEG."""

from PIL import Image, ImageOps, UnidentifiedImageError

from .job import Job, Result, too_complex, unreadable

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF")
AS_THEY_ARE = frozenset({"JPEG", "PNG"})
THUMBNAIL_SIDE = 160
PREVIEW_SIDE = 300
QUALITY = 88


def image(job: Job) -> Result:
    """An image message."""
    picture = opened(job)
    fits, size = picture.format in AS_THEY_ARE, _shown_size(picture)
    if fits:  # only the thumbnail is made of it: a JPEG need not be decoded in full
        picture.draft("RGB", (THUMBNAIL_SIDE * 2, THUMBNAIL_SIDE * 2))
    upright = flat(picture)
    if not fits:
        upright.save(job.output, "JPEG", quality=QUALITY)
    thumbnail(upright, job.thumbnail)
    return Result(mimetype="" if fits else "image/jpeg", width=size[0], height=size[1], thumbnail=True)


def small(job: Job) -> Result:
    """A picture of the web as small JPEG, for the preview of a link."""
    picture = opened(job)
    picture.draft("RGB", (PREVIEW_SIDE, PREVIEW_SIDE))
    upright = flat(picture)
    upright.thumbnail((PREVIEW_SIDE, PREVIEW_SIDE))
    upright.save(job.output, "JPEG", quality=70, optimize=True)
    return Result(mimetype="image/jpeg", width=upright.width, height=upright.height)


def square(job: Job) -> Result:
    """The middle of a picture as JPEG of at most `side` pixels, as profiles and groups show it."""
    upright = flat(opened(job))
    side = min(int(job.options["side"]), *upright.size)
    ImageOps.fit(upright, (side, side)).save(job.output, "JPEG", quality=QUALITY)
    return Result(mimetype="image/jpeg", width=side, height=side)


def opened(job: Job) -> Image.Image:
    """The picture, nothing decoded yet; Unfit for what is none, or is larger than allowed once it is opened."""
    Image.MAX_IMAGE_PIXELS = None  # our own limit holds, before anything is decoded
    try:
        picture = Image.open(job.path, formats=FORMATS)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise unreadable("an image") from error
    if picture.width * picture.height > job.max_pixels:
        raise too_complex(f"pixels; {job.max_pixels} are allowed")
    return picture


def flat(picture: Image.Image) -> Image.Image:
    """Decoded, upright, without transparency."""
    try:
        upright = ImageOps.exif_transpose(picture)
        if upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info:
            layered = upright.convert("RGBA")
            ground = Image.new("RGBA", layered.size, "white")
            return Image.alpha_composite(ground, layered).convert("RGB")
        return upright.convert("RGB")
    except (OSError, ValueError, SyntaxError, EOFError) as error:
        raise unreadable("an image") from error


def thumbnail(picture: Image.Image, path: str) -> None:
    """A small JPEG, which travels inside the message."""
    small = picture.copy()
    small.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE))
    small.save(path, "JPEG", quality=60, optimize=True)


def _shown_size(picture: Image.Image) -> tuple[int, int]:
    turned = picture.getexif().get(0x0112, 1) in (5, 6, 7, 8)
    width, height = picture.width, picture.height
    return (height, width) if turned else (width, height)
