"""Labels: one A6 page a parcel, read back from the PDF."""

from __future__ import annotations

from io import BytesIO

from pypdf import PdfReader
from reportlab.graphics.barcode.code128 import Code128

from arengo_delivery.labels.content import LabelData
from arengo_delivery.labels.label import make_labels
from arengo_delivery.parcels.codes import new_tracking_code, show_tracking_code


def a_label(**changes) -> LabelData:
    """A label to a door."""
    values = {
        "sender": ("Bottega Prova", "Via Prova 1"),
        "recipient": "Niccolò D'Ajello",
        "to": ("Via Valle 7", "23020 Lanzada"),
        "order_reference": "A-17-1",
        "weight_grams": 1_250,
        "carrier": "Corriere di valle",
        "tracking_code": new_tracking_code(),
        **changes,
    }
    return LabelData(**values)


def test_a_label_says_where_it_goes_on_one_a6_page():
    data = a_label()
    [page] = PdfReader(BytesIO(make_labels([data]))).pages
    assert [round(float(side) / 72 * 25.4) for side in page.mediabox[2:]] == [105, 148]
    text = page.extract_text()
    for wanted in ("Niccolò D'Ajello", "Via Valle 7", "23020 Lanzada", "A-17-1", "1,25 kg"):
        assert wanted in text
    assert show_tracking_code(data.tracking_code) in text


def test_the_barcode_fits_the_page_and_holds_the_number():
    code = new_tracking_code()
    drawn = Code128(code, barHeight=10, barWidth=0.36 * 72 / 25.4, quiet=False)
    assert drawn.width < 105 / 25.4 * 72 - 2 * 7 / 25.4 * 72
    content = PdfReader(BytesIO(make_labels([a_label(tracking_code=code)]))).pages[0]
    bars = content.get_contents().get_data().count(b" re")
    assert bars >= 3 * (len(code) + 2)


def test_long_and_foreign_names_stay_on_the_page():
    data = a_label(recipient="Zażółć " * 20, to=("Via " + "lunghissima " * 30,))
    [page] = PdfReader(BytesIO(make_labels([data]))).pages
    assert show_tracking_code(data.tracking_code) in page.extract_text()


async def test_a_merchant_prints_one_label_or_all(valley, announce, visit):
    first = await announce(valley.parcel(order_reference="A-18-1"), ready=True)
    await announce(valley.to_counter(order_reference="A-19-1"))
    merchant = await visit(valley.shop.person)
    one = await merchant.get(f"/desk/parcels/{first.id}/label.pdf")
    assert one.headers["content-type"] == "application/pdf"
    assert "A-18-1" in PdfReader(BytesIO(one.content)).pages[0].extract_text()
    every = PdfReader(BytesIO((await merchant.get("/desk/parcels/labels.pdf")).content))
    texts = [page.extract_text() for page in every.pages]
    assert len(texts) == 2
    assert "Municipio" in texts[1]
    assert "333 1" in texts[0]
    stranger = await visit(valley.other_shop.person)
    assert (await stranger.get(f"/desk/parcels/{first.id}/label.pdf")).status_code == 404
    assert (await stranger.get("/desk/parcels/labels.pdf")).status_code == 404


async def test_the_tracking_page_tells_nobody_who_gets_the_parcel(valley, announce, visit):
    door = await announce(valley.parcel(), ready=True)
    visitor = await visit()
    page = await visitor.get(door.tracking_path)
    assert page.status_code == 200
    assert page.headers["x-robots-tag"] == "noindex"
    assert "M. R." in page.text
    assert "Lanzada" in page.text
    assert "Bottega Prova" in page.text
    assert "0342 000000" in page.text
    for secret in ("Rossi", "Via Valle", "333 1", "shopper.example", str(door.id)):
        assert secret not in page.text
    assert (await visitor.get(f"/tracking/{new_tracking_code()}")).status_code == 404
    counter = await announce(valley.to_counter(), ready=True)
    assert "Municipio" in (await visitor.get(counter.tracking_path)).text
