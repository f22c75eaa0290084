"""What all examples share: how to reach the node, and a truck to speak of."""

import datetime
import os
import pathlib
import random
import sys

# Found beside the examples where it is not installed.
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from garita_client import Api, RequestSigner  # noqa: E402


def connect() -> Api:
    """By a key that signs each request where GARITA_KEY_FILE names one (PEM), else by the token in GARITA_TOKEN_FILE."""
    url = os.environ.get("GARITA_URL", "http://127.0.0.1:8101")
    key = os.environ.get("GARITA_KEY_FILE")
    if key:
        return Api(url, signer=RequestSigner.from_pem(pathlib.Path(key).read_bytes()))
    return Api(url, token=pathlib.Path(os.environ["GARITA_TOKEN_FILE"]).read_text().strip())


def new_trip() -> str:
    """A trip number that nobody has: the carrier's SCAC and ten digits."""
    return "TOCQ" + "".join(random.choices("0123456789", k=10))


def in_hours(hours: float) -> str:
    at = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=hours)
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def empty_truck(trip: str, plate: str = "47AK2F") -> dict:
    """The manifest of a truck that comes back empty."""
    return {
        "recordType": "Manifest",
        "credentialSubject": {
            "scac": "TOCQ",
            "trip": trip,
            "direction": "northbound",
            "port": "2304",
            "estimatedArrival": in_hours(3),
            "plate": plate,
            "empty": True,
        },
    }


def appointment(trip: str, lane: str = "standard") -> dict:
    """A time at the bridge."""
    return {
        "recordType": "Appointment",
        "credentialSubject": {
            "scac": "TOCQ",
            "trip": trip,
            "plate": "47AK2F",
            "plateState": "MX-TAM",
            "window": {"windowStart": in_hours(3), "windowEnd": in_hours(3.5)},
            "direction": "northbound",
            "crossing": "230404",
            "lane": lane,
            "empty": True,
        },
    }
