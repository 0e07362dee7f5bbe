"""What implementations of core's contracts must do, one class a contract."""

from arengo_core.contract_tests.files import FileStoreContract
from arengo_core.contract_tests.identity import (
    IdentityFarSide,
    IdentityProviderContract,
    journey,
)

__all__ = ["FileStoreContract", "IdentityFarSide", "IdentityProviderContract", "journey"]
