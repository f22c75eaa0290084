"""Client of a Garita node: the open exchange for border crossings."""

from .generated import Api
from .receipt import Proven, ReceiptError, check_receipt, root_of
from .signing import RequestSigner
from .transport import ProblemError, ProblemFault

__all__ = ["Api", "ProblemError", "ProblemFault", "Proven", "ReceiptError", "RequestSigner", "check_receipt", "root_of"]
