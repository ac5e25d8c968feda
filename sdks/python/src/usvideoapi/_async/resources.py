"""Everything of the API besides jobs."""

from __future__ import annotations

import uuid
from os import PathLike, fspath
from pathlib import Path
from typing import List, Optional, Union
from urllib.parse import quote

from typing_extensions import Unpack

from .._models import (
    Account,
    ApiKey,
    ApiKeyList,
    AutoTopUp,
    Balance,
    CreateApiKeyRequest,
    CreateQuoteRequest,
    CreateTopUpRequest,
    DeletedFile,
    File,
    LedgerEntry,
    LedgerEntryList,
    Limits,
    ListLedgerParams,
    ListStatementsParams,
    ListTopUpsParams,
    ListUsageParams,
    LowBalanceThreshold,
    Model,
    ModelList,
    NewApiKey,
    PaymentMethodSetup,
    Quote,
    RotateApiKeyRequest,
    RotatedApiKey,
    SetAutoTopUpRequest,
    SetLowBalanceThresholdRequest,
    SetSpendCapRequest,
    SetUpPaymentMethodRequest,
    SpendCap,
    Statement,
    StatementList,
    StatementWithLines,
    TopUp,
    TopUpList,
    Usage,
    UsageGroup,
    UsageRow,
)
from .pages import AsyncPages
from .transport import AsyncTransport, connection_errors


class AsyncResource:
    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport


class AsyncModelsApi(AsyncResource):
    async def list(self) -> List[Model]:
        return ModelList.from_dict(await self._transport.json("GET", "/v1/models")).data


class AsyncQuotesApi(AsyncResource):
    async def create(self, **request: Unpack[CreateQuoteRequest]) -> Quote:
        """The price of a request, locked until it expires: give its ``id`` as ``quote_id`` to ``videos.create``."""
        return Quote.from_dict(await self._transport.json("POST", "/v1/quotes", body=request))


class AsyncFilesApi(AsyncResource):
    async def create(self, picture: bytes) -> File:
        """Uploads a PNG, JPEG or WebP of at most 10 MiB: give its ``id`` as ``first_frame`` to ``videos.create``.

        A lost answer is not asked for again: it would make two files.
        """
        boundary = uuid.uuid4().hex
        head = f'--{boundary}\r\ncontent-disposition: form-data; name="file"; filename="picture"\r\n\r\n'
        answer = await self._transport.json(
            "POST",
            "/v1/files",
            content=b"".join([head.encode(), picture, f"\r\n--{boundary}--\r\n".encode()]),
            headers={"content-type": f"multipart/form-data; boundary={boundary}"},
            repeatable=False,
        )
        return File.from_dict(answer)

    async def retrieve(self, file_id: str) -> File:
        return File.from_dict(await self._transport.json("GET", f"/v1/files/{quote(file_id, safe='')}"))

    async def delete(self, file_id: str) -> DeletedFile:
        """Jobs that named it keep the picture."""
        return DeletedFile.from_dict(await self._transport.json("DELETE", f"/v1/files/{quote(file_id, safe='')}"))


class AsyncBalanceApi(AsyncResource):
    async def retrieve(self) -> Balance:
        return Balance.from_dict(await self._transport.json("GET", "/v1/balance"))

    async def set_threshold(self, **request: Unpack[SetLowBalanceThresholdRequest]) -> LowBalanceThreshold:
        """Below which an event says that the balance is low."""
        return LowBalanceThreshold.from_dict(await self._transport.json("PUT", "/v1/balance/threshold", body=request))


class AsyncSandboxApi(AsyncResource):
    async def reset(self) -> Balance:
        """Brings the play money of a test key back to $1,000.00; what is held stays held."""
        return Balance.from_dict(await self._transport.json("POST", "/v1/sandbox/reset"))


class AsyncSpendCapsApi(AsyncResource):
    async def set(self, **request: Unpack[SetSpendCapRequest]) -> SpendCap:
        """Of the account, or of one of its keys, per UTC month; None for no cap."""
        return SpendCap.from_dict(await self._transport.json("PUT", "/v1/spend-caps", body=request))


class AsyncUsageApi(AsyncResource):
    def list(self, **query: Unpack[ListUsageParams]) -> AsyncPages[Union[UsageRow, UsageGroup]]:
        """One row per charged job, or with ``group_by`` one per group."""
        return AsyncPages(self._transport, "/v1/usage", Usage, query, cursor=False)

    async def summary(self, **query: Unpack[ListUsageParams]) -> Usage:
        """One page, with the totals of all."""
        return Usage.from_dict(await self._transport.json("GET", "/v1/usage", query=query))

    async def csv(self, path: Union[str, PathLike[str]], **query: Unpack[ListUsageParams]) -> Path:
        """Writes all rows as CSV, however many there are, and answers the path."""
        target = Path(fspath(path))
        async with self._transport.answer("GET", "/v1/usage", query=query, headers={"accept": "text/csv"}) as answer:
            with open(target, "wb") as file, connection_errors():
                async for chunk in answer.aiter_bytes():
                    file.write(chunk)
        return target


class AsyncLedgerApi(AsyncResource):
    def list(self, **query: Unpack[ListLedgerParams]) -> AsyncPages[LedgerEntry]:
        """Every movement of money, with the balance after it."""
        return AsyncPages(self._transport, "/v1/ledger", LedgerEntryList, query)


class AsyncStatementsApi(AsyncResource):
    def list(self, **query: Unpack[ListStatementsParams]) -> AsyncPages[Statement]:
        return AsyncPages(self._transport, "/v1/statements", StatementList, query, cursor=False)

    async def retrieve(self, period: str) -> StatementWithLines:
        """Of a month such as ``2026-11``, with the first page of its lines."""
        return StatementWithLines.from_dict(
            await self._transport.json("GET", f"/v1/statements/{quote(period, safe='')}")
        )


class AsyncTopUpsApi(AsyncResource):
    async def create(self, *, idempotency_key: Optional[str] = None, **request: Unpack[CreateTopUpRequest]) -> TopUp:
        headers = {"idempotency-key": idempotency_key or str(uuid.uuid4())}
        return TopUp.from_dict(await self._transport.json("POST", "/v1/topups", body=request, headers=headers))

    def list(self, **query: Unpack[ListTopUpsParams]) -> AsyncPages[TopUp]:
        return AsyncPages(self._transport, "/v1/topups", TopUpList, query, cursor=False)

    async def retrieve(self, topup_id: str) -> TopUp:
        return TopUp.from_dict(await self._transport.json("GET", f"/v1/topups/{quote(topup_id, safe='')}"))


class AsyncAutoTopUpApi(AsyncResource):
    """Charges the saved payment method when the balance runs low."""

    async def retrieve(self) -> AutoTopUp:
        return AutoTopUp.from_dict(await self._transport.json("GET", "/v1/auto-topup"))

    async def set(self, **request: Unpack[SetAutoTopUpRequest]) -> AutoTopUp:
        return AutoTopUp.from_dict(await self._transport.json("PUT", "/v1/auto-topup", body=request))

    async def set_up_payment_method(self, **request: Unpack[SetUpPaymentMethodRequest]) -> PaymentMethodSetup:
        """Answers where its owner saves a payment method with the provider."""
        path = "/v1/auto-topup/payment-method"
        return PaymentMethodSetup.from_dict(await self._transport.json("POST", path, body=request, repeatable=False))

    async def remove_payment_method(self) -> AutoTopUp:
        return AutoTopUp.from_dict(await self._transport.json("DELETE", "/v1/auto-topup/payment-method"))


class AsyncAccountApi(AsyncResource):
    async def retrieve(self) -> Account:
        return Account.from_dict(await self._transport.json("GET", "/v1/account"))


class AsyncLimitsApi(AsyncResource):
    async def retrieve(self) -> Limits:
        """What is allowed and what is in use."""
        return Limits.from_dict(await self._transport.json("GET", "/v1/limits"))


class AsyncApiKeysApi(AsyncResource):
    """A key made twice would be one too many: a request whose answer was lost is not sent again."""

    async def list(self) -> List[ApiKey]:
        return ApiKeyList.from_dict(await self._transport.json("GET", "/v1/api-keys")).data

    async def create(self, **request: Unpack[CreateApiKeyRequest]) -> NewApiKey:
        """The secret is in this answer and never again."""
        return NewApiKey.from_dict(await self._transport.json("POST", "/v1/api-keys", body=request, repeatable=False))

    async def rotate(self, key_id: str, **request: Unpack[RotateApiKeyRequest]) -> RotatedApiKey:
        path = f"/v1/api-keys/{quote(key_id, safe='')}/rotate"
        return RotatedApiKey.from_dict(await self._transport.json("POST", path, body=request, repeatable=False))

    async def revoke(self, key_id: str) -> ApiKey:
        return ApiKey.from_dict(await self._transport.json("DELETE", f"/v1/api-keys/{quote(key_id, safe='')}"))
