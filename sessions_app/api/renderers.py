"""A QR code as a picture, or as the bare payload, by the Accept header or `?format=`."""

import io
from collections.abc import Mapping
from typing import Any

import segno
from rest_framework.renderers import BaseRenderer

QUIET_ZONE = 4
PIXELS_PER_MODULE = 8


class QrRenderer(BaseRenderer):
    """Renders a `LiveQr`."""

    charset = None
    render_style = "binary"

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Mapping[str, Any] | None = None
    ) -> bytes:
        return self.draw(data["qr"])

    def draw(self, payload: str) -> bytes:
        raise NotImplementedError

    @staticmethod
    def code(payload: str) -> segno.QRCode:
        # Level L: the payload is long, and larger modules scan better from a screen than more redundancy.
        return segno.make_qr(payload, error="l", boost_error=False)


class PngRenderer(QrRenderer):
    media_type = "image/png"
    format = "png"

    def draw(self, payload: str) -> bytes:
        picture = io.BytesIO()
        self.code(payload).save(picture, kind="png", border=QUIET_ZONE, scale=PIXELS_PER_MODULE)
        return picture.getvalue()


class SvgRenderer(QrRenderer):
    """Without a size of its own: it fills what the page gives it."""

    media_type = "image/svg+xml"
    format = "svg"

    def draw(self, payload: str) -> bytes:
        picture = io.BytesIO()
        self.code(payload).save(picture, kind="svg", border=QUIET_ZONE, omitsize=True, light="#fff", xmldecl=False)
        return picture.getvalue()


class RawRenderer(QrRenderer):
    media_type = "text/plain"
    format = "raw"

    def draw(self, payload: str) -> bytes:
        return payload.encode()
