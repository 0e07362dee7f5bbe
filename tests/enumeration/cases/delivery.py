"""Plugin delivery: its routes and root fields, each with who may call it."""

from __future__ import annotations

from tests.enumeration.case import anybody, consortium, merchant, municipality, person

ROUTES = {
    "GET /desk/counter": merchant(),
    "GET /desk/parcels": merchant(),
    "GET /desk/parcels/labels.pdf": merchant(missing=True),
    "GET /desk/parcels/{parcel_id}": merchant(parcel_id="parcel"),
    "GET /desk/parcels/{parcel_id}/label.pdf": merchant(parcel_id="parcel"),
    "GET /desk/pick-up-points": merchant(),
    "GET /desk/pick-up-points/{point_id}": merchant(point_id="shop_point"),
    "GET /office/counter": municipality(),
    "GET /office/courier": consortium(),
    "GET /office/delivery": consortium(),
    "GET /office/delivery/tariffs": person(),
    "GET /office/delivery/tariffs/{destination}": consortium(
        destination="destination", shared=True
    ),
    "GET /office/parcels": merchant(),
    "GET /office/parcels/{parcel_id}": merchant(parcel_id="parcel"),
    "GET /office/parcels/{parcel_id}/label.pdf": merchant(parcel_id="parcel"),
    "GET /office/pick-up-points": municipality(),
    "GET /office/pick-up-points/{point_id}": municipality(point_id="point"),
    "GET /tracking/{code}": anybody(code="tracking"),
    "POST /desk/counter/find": merchant(),
    "POST /desk/counter/hand-over": merchant(),
    "POST /desk/counter/receive": merchant(),
    "POST /desk/parcels/{parcel_id}/book": merchant(parcel_id="parcel"),
    "POST /desk/parcels/{parcel_id}/code": merchant(parcel_id="parcel"),
    "POST /desk/parcels/{parcel_id}/move": merchant(parcel_id="parcel"),
    "POST /desk/pick-up-points": merchant(),
    "POST /desk/pick-up-points/{point_id}": merchant(point_id="shop_point"),
    "POST /desk/pick-up-points/{point_id}/close": merchant(point_id="shop_point"),
    "POST /office/counter/find": municipality(),
    "POST /office/counter/hand-over": municipality(),
    "POST /office/counter/receive": municipality(),
    "POST /office/courier": consortium(),
    "POST /office/delivery/tariffs/{destination}": consortium(
        destination="destination", shared=True
    ),
    "POST /office/delivery/tariffs/{destination}/remove": consortium(
        destination="destination", shared=True
    ),
    "POST /office/parcels/{parcel_id}/book": merchant(parcel_id="parcel"),
    "POST /office/parcels/{parcel_id}/code": merchant(parcel_id="parcel"),
    "POST /office/parcels/{parcel_id}/move": merchant(parcel_id="parcel"),
    "POST /office/pick-up-points": municipality(),
    "POST /office/pick-up-points/{point_id}": municipality(point_id="point"),
    "POST /office/pick-up-points/{point_id}/close": municipality(point_id="point"),
    "POST /tracking/{code}/code": anybody(code="tracking"),
}

FIELDS = {
    "Query.courierTariffs": anybody(consortiumId="consortium"),
    "Query.pickUpPoints": anybody(consortiumId="consortium"),
    "Query.keptPickUpPoints": merchant(organizationId="dairy"),
    "Query.deliveryOptions": anybody(merchantId="dairy", consortiumId="consortium"),
    "Query.parcels": merchant(organizationId="dairy"),
    "Query.parcel": merchant(organizationId="dairy", id="parcel"),
    "Query.parcelLabel": merchant(organizationId="dairy", id="parcel"),
    "Query.parcelTracking": anybody(code="tracking"),
    "Query.waitingParcels": merchant(organizationId="dairy"),
    "Mutation.setTariff": consortium(consortiumId="consortium"),
    "Mutation.removeTariff": consortium(consortiumId="consortium", destination="destination"),
    "Mutation.createPickUpPoint": merchant(organizationId="dairy"),
    "Mutation.changePickUpPoint": merchant(organizationId="dairy", id="shop_point"),
    "Mutation.closePickUpPoint": merchant(organizationId="dairy", id="shop_point"),
    "Mutation.moveParcel": merchant(organizationId="dairy", id="parcel", state="parcel_state"),
    "Mutation.carryParcel": consortium(
        organizationId="consortium", label="tracking", state="parcel_state"
    ),
    "Mutation.bookParcelAgain": merchant(organizationId="dairy", id="parcel"),
    "Mutation.renewPickUpCode": merchant(organizationId="dairy", id="parcel"),
    "Mutation.requestPickUpCode": anybody(code="tracking"),
    "Mutation.findWaitingParcel": municipality(organizationId="lead"),
    "Mutation.handOverParcel": municipality(organizationId="lead"),
    "Mutation.receiveParcel": municipality(organizationId="lead", label="tracking"),
}
