"""Device identities: offered by the phone, signed by the device."""

import pytest

from sessions_app.sandbox.crypto import adv
from sessions_app.sandbox.crypto.curve import KeyPair, verify
from sessions_app.sandbox.protos import adv as pb

SECRET = bytes(range(32))
DETAILS = adv.device_details(raw_id=1, timestamp=1700000000, key_index=2)


def offered(account, device, tamper=None):
    return adv.offer_device(account, device.public, SECRET, details=DETAILS, tamper=tamper)


def test_the_device_signs_and_the_phone_accepts():
    account, device = KeyPair.generate(), KeyPair.generate()
    signed = adv.sign_as_device(device, adv.open_offer(offered(account, device).box, SECRET))
    assert adv.check_device(signed, account=account.public, device_identity=device.public) == DETAILS
    assert pb.ADVDeviceIdentity.FromString(DETAILS).keyIndex == 2


def test_the_box_needs_the_secret_of_the_code():
    account, device = KeyPair.generate(), KeyPair.generate()
    with pytest.raises(adv.SignatureError):
        adv.open_offer(offered(account, device).box, bytes(32))
    with pytest.raises(adv.SignatureError):
        adv.open_offer(offered(account, device, tamper="hmac").box, SECRET)


def test_it_rejects_another_account_device_or_signature():
    account, device, other = KeyPair.generate(), KeyPair.generate(), KeyPair.generate()
    signed = adv.sign_as_device(device, adv.open_offer(offered(account, device).box, SECRET))
    tampered = adv.open_offer(offered(account, device, tamper="account_signature").box, SECRET)
    for data, account_key, device_key in [
        (signed, other.public, device.public),
        (signed, account.public, other.public),
        (
            adv.sign_as_device(other, adv.open_offer(offered(account, device).box, SECRET)),
            account.public,
            device.public,
        ),
        (adv.sign_as_device(device, tampered), account.public, device.public),
        (b"\xff", account.public, device.public),
    ]:
        with pytest.raises(adv.SignatureError):
            adv.check_device(data, account=account_key, device_identity=device_key)


def test_the_key_index_list_is_signed_by_the_account():
    account = KeyPair.generate()
    data = adv.key_index_list(account, raw_id=1, timestamp=2, indexes=[1, 3])
    signed = pb.ADVSignedKeyIndexList.FromString(data)
    assert verify(account.public, b"\x06\x02" + signed.details, signed.accountSignature)
    assert pb.ADVKeyIndexList.FromString(signed.details).currentIndex == 3
