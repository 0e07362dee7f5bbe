from decimal import Decimal
from hashlib import sha256
from importlib.resources import files

import pytest

from arengo_marketplace import register

VALMALENCO = {
    "014019": "Chiesa in Valmalenco",
    "014013": "Caspoggio",
    "014036": "Lanzada",
    "014062": "Spriana",
}
DATA = files("arengo_marketplace.register").joinpath("data")


def test_the_whole_country_is_there_once() -> None:
    everybody = register.records()
    assert len(everybody) == 7899
    assert len({record.istat_code for record in everybody}) == 7899
    assert len({record.cadastral_code for record in everybody}) == 7899
    assert len({record.region for record in everybody}) == 20
    assert len({record.province_code for record in everybody}) == 107
    assert [record.istat_code for record in everybody] == sorted(
        record.istat_code for record in everybody
    )


def test_the_four_towns_of_valmalenco_have_5002_inhabitants() -> None:
    towns = [register.by_istat(code) for code in VALMALENCO]
    assert [town.name for town in towns] == list(VALMALENCO.values())
    assert {(town.province, town.province_code, town.region) for town in towns} == {
        ("Sondrio", "SO", "Lombardia")
    }
    assert sum(town.population or 0 for town in towns) == 5002
    assert towns[0].cadastral_code == "C628"
    assert Decimal(100) < towns[0].area_km2 < Decimal(120)
    assert (towns[0].longitude, towns[0].latitude) == pytest.approx((9.8, 46.3), abs=0.05)


def test_codes_keep_their_leading_zeros() -> None:
    assert register.by_istat("001001").name == "Agliè"
    assert all(
        len(record.istat_code) == 6 and record.istat_code.isdigit() for record in register.records()
    )
    with pytest.raises(KeyError):
        register.by_istat("1001")


def test_an_unknown_population_is_none_and_never_nought() -> None:
    unknown = {record.name for record in register.records() if record.population is None}
    assert unknown == {"Montecopiolo", "Sassofeltrio", "Misiliscemi"}
    assert all(record.population != 0 for record in register.records())
    assert register.population_year() == 2023


def test_areas_add_up_to_italy() -> None:
    total = sum(record.area_km2 for record in register.records())
    assert Decimal(301_000) < total < Decimal(302_500)
    assert all(record.area_km2 > 0 for record in register.records())


@pytest.mark.parametrize(
    ("province", "count"), [("TO", 312), ("torino", 312), ("SO", 77), ("AP", 33), ("Fermo", 40)]
)
def test_provinces_by_name_or_letters(province: str, count: int) -> None:
    assert len(register.of_province(province)) == count


def test_regions_by_name_whatever_the_accents() -> None:
    assert len(register.of_region("piemonte")) > 553
    assert len(register.of_region("Valle d'Aosta/Vallee d'Aoste")) == 74
    assert register.of_region("Atlantide") == ()
    assert register.of_province("") == ()


def test_find_reads_names_as_people_write_them() -> None:
    chiesa = register.by_istat("014019")
    assert register.find("CHIESA IN  VALMALENCO", "so") == chiesa
    assert register.find("Chiesa in Valmalenco", "MI") is None
    for name in ("Bolzano", "Bozen", "bolzano/bozen"):
        found = register.find(name, "BZ")
        assert found is not None
        assert found.name == "Bolzano/Bozen"


def test_search_puts_the_same_name_first_then_beginnings_then_the_rest() -> None:
    assert [record.name for record in register.search("aglie", 3)] == [
        "Agliè",
        "Aglientu",
        "Grottaglie",
    ]
    assert register.search("l’aquila", 1)[0].name == "L'Aquila"
    assert register.search("valmalenco")[0].istat_code == "014019"
    assert len(register.search("san", 7)) == 7
    assert register.search("  ") == ()
    assert register.search("xyzzy") == ()


def test_the_files_are_small_and_what_their_sums_say() -> None:
    total = 0
    for line in DATA.joinpath("SHA256SUMS").read_text().splitlines():
        digest, name = line.split("  ")
        content = DATA.joinpath(name).read_bytes()
        total += len(content)
        assert sha256(content).hexdigest() == digest, name
    assert 0 < total <= 1_000_000
