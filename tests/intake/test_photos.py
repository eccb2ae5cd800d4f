"""Photos: only pixels survive."""

import io
import zlib

import pillow_heif
import pytest
from PIL import Image

from service_desk.intake.photos import BadPhoto, FolderStorage, encode

CANARY = b"KESHET-CANARY"


def _jpeg_with_place() -> bytes:
    image = Image.new("RGB", (900, 600), "#886644")
    exif = Image.Exif()
    exif[0x010F] = CANARY.decode()
    exif[0x0112] = 6
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (31.0, 53.0, 12.0)
    out = io.BytesIO()
    image.save(out, "JPEG", exif=exif, comment=CANARY)
    return out.getvalue()


def _png(width: int, height: int) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height)).save(out, "PNG")
    return out.getvalue()


def test_no_metadata_survives_and_the_photo_is_upright():
    encoded = encode(_jpeg_with_place())
    for content in (encoded.full, encoded.small):
        assert CANARY not in content
        assert not Image.open(io.BytesIO(content)).getexif()
    assert (encoded.width, encoded.height) == (600, 900)


def test_a_phones_heic_becomes_a_jpeg():
    heic = io.BytesIO()
    pillow_heif.from_pillow(Image.new("RGB", (640, 480), "green")).save(heic)
    assert Image.open(io.BytesIO(encode(heic.getvalue()).full)).format == "JPEG"


def test_a_large_photo_is_made_smaller():
    encoded = encode(_png(4000, 3000))
    assert (encoded.width, encoded.height) == (1600, 1200)


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"not a photo", b"GIF89a", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", b"%PDF-1.7", b"PK\x03\x04" + b"0" * 99,
        _jpeg_with_place()[:400], b"\x89PNG\r\n\x1a\n" + zlib.compress(b"0" * 999), b"\xff\xd8\xff\xe0" + bytes(500),
    ],
)  # fmt: skip
def test_what_is_no_photo_is_refused_without_noise(raw):
    with pytest.raises(BadPhoto):
        encode(raw)


def test_a_bomb_is_refused_before_it_is_unpacked():
    with pytest.raises(BadPhoto):
        encode(_png(20_000, 20_000))


def test_a_page_hidden_in_a_photo_does_not_survive():
    encoded = encode(_jpeg_with_place() + b"<script>alert(1)</script>")
    assert b"<script>" not in encoded.full


def test_storage_knows_only_its_own_keys(tmp_path):
    storage = FolderStorage(tmp_path)
    key = storage.put(encode(_png(40, 30)))
    assert storage.get(key, "small")[:2] == b"\xff\xd8"
    for wrong in ("../../etc/passwd", "", key.replace(key[0], "/", 1), "0" * 32):
        with pytest.raises(FileNotFoundError):
            storage.get(wrong, "full")
    storage.drop(key)
    with pytest.raises(FileNotFoundError):
        storage.get(key, "full")
