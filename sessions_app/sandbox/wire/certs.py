"""Certificates of both layers: the Noise chain that names the server's key, and a CA for its TLS."""

from __future__ import annotations

import datetime
import os
import ssl
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from sessions_app.sandbox import protos
from sessions_app.sandbox.crypto.curve import KeyPair

LIFETIME = datetime.timedelta(days=3650)
CERTIFIES = x509.KeyUsage(
    key_cert_sign=True,
    crl_sign=True,
    digital_signature=False,
    content_commitment=False,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    encipher_only=False,
    decipher_only=False,
)
ROOT_SERIAL, INTERMEDIATE_SERIAL, LEAF_SERIAL = 0, 1, 2


def noise_certificate(root: KeyPair, static: KeyPair) -> bytes:
    """The chain leaf <- intermediate <- root that a client checks in the handshake."""
    intermediate = KeyPair.generate()
    chain = protos.cert.CertChain()
    _sign(chain.intermediate, root, intermediate.public, INTERMEDIATE_SERIAL, ROOT_SERIAL)
    _sign(chain.leaf, intermediate, static.public, LEAF_SERIAL, INTERMEDIATE_SERIAL)
    return bytes(chain.SerializeToString())


def _sign(certificate: Any, issuer: KeyPair, key: bytes, serial: int, issuer_serial: int) -> None:
    now = int(time.time())
    details = protos.cert.CertChain.NoiseCertificate.Details(
        serial=serial,
        issuerSerial=issuer_serial,
        key=key,
        notBefore=now - 86400,
        notAfter=now + int(LIFETIME.total_seconds()),
    )
    certificate.details = details.SerializeToString()
    certificate.signature = issuer.sign(certificate.details)


@dataclass(frozen=True, slots=True)
class Authority:
    """A certificate authority of the sandbox alone; both halves are PEM."""

    certificate: bytes
    key: bytes

    @classmethod
    def create(cls) -> Authority:
        """A new authority."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "WhatsApp sandbox CA")])
        certificate = (
            _builder(name, name, key.public_key(), key.public_key())
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(CERTIFIES, critical=True)
            .sign(key, hashes.SHA256())
        )
        return cls(certificate.public_bytes(serialization.Encoding.PEM), _private_pem(key))

    def server_context(self, hosts: tuple[str, ...]) -> ssl.SSLContext:
        """A TLS server context with a fresh certificate for the given host names."""
        issuer = x509.load_pem_x509_certificate(self.certificate)
        signer = serialization.load_pem_private_key(self.key, None)
        assert isinstance(signer, ec.EllipticCurvePrivateKey)
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, hosts[0])])
        certificate = (
            _builder(name, issuer.subject, key.public_key(), signer.public_key())
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(host) for host in hosts]), critical=False)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .sign(signer, hashes.SHA256())
        )
        return _context(certificate.public_bytes(serialization.Encoding.PEM) + self.certificate, _private_pem(key))


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, signer: ec.EllipticCurvePublicKey
) -> x509.CertificateBuilder:
    """With the identifiers of both keys, without which strict clients refuse a chain (RFC 5280, 4.2.1)."""
    now = datetime.datetime.now(datetime.UTC)
    builder = x509.CertificateBuilder(
        issuer_name=issuer,
        subject_name=subject,
        public_key=key,
        serial_number=x509.random_serial_number(),
        not_valid_before=now - datetime.timedelta(days=1),
        not_valid_after=now + LIFETIME,
    )
    return builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False).add_extension(
        x509.AuthorityKeyIdentifier.from_issuer_public_key(signer), critical=False
    )


def _private_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _context(chain: bytes, key: bytes) -> ssl.SSLContext:
    """``ssl`` reads its own certificate from a file only: a private one, removed at once."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    handle, name = tempfile.mkstemp(prefix="wa-sandbox-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(chain + key)
        context.load_cert_chain(name)
    finally:
        Path(name).unlink()
    return context
