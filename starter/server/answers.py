"""Whether the parts of `orders up` do their work."""

import asyncio
from datetime import datetime, timedelta

from google.protobuf.duration_pb2 import Duration
from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.namespace.v1 import NamespaceConfig
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import (
    DescribeNamespaceRequest,
    DescribeTaskQueueRequest,
    UpdateNamespaceRequest,
)
from temporalio.client import Client
from temporalio.service import RPCError

# Closed histories stay for as long as customers ask about their orders.
RETENTION = timedelta(days=90)
SMTP_READY = b"220"
HTTP_READY = b"HTTP/1.1 200"
PATIENCE = timedelta(seconds=2)


async def keep_histories(client: Client) -> None:
    """Let the server keep closed histories for 90 days; by itself it keeps them for one."""
    wanted = Duration()
    wanted.FromTimedelta(RETENTION)
    service, namespace = client.workflow_service, client.namespace
    told = await service.describe_namespace(DescribeNamespaceRequest(namespace=namespace), timeout=PATIENCE)
    if told.config.workflow_execution_retention_ttl.ToTimedelta() == RETENTION:
        return
    config = NamespaceConfig(workflow_execution_retention_ttl=wanted)
    update = UpdateNamespaceRequest(namespace=namespace, config=config)
    await service.update_namespace(update, timeout=PATIENCE)


async def worker_polls(client: Client, task_queue: str, since: datetime) -> bool:
    """Whether a worker has asked for work since then."""
    question = DescribeTaskQueueRequest(
        namespace=client.namespace,
        task_queue=TaskQueue(name=task_queue),
        task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
    )
    try:
        told = await client.workflow_service.describe_task_queue(question, timeout=PATIENCE)
    except (RPCError, RuntimeError):
        return False
    return any(poller.last_access_time.ToDatetime(since.tzinfo) >= since for poller in told.pollers)


async def smtp_answers(host: str, port: int) -> bool:
    try:
        reader, writer = await asyncio.open_connection(host, port)
        banner = await asyncio.wait_for(reader.readline(), PATIENCE.total_seconds())
        writer.write(b"QUIT\r\n")
        writer.close()
        await writer.wait_closed()
    except (OSError, TimeoutError):
        return False
    return banner.startswith(SMTP_READY)


async def http_answers(host: str, port: int, path: str) -> bool:
    request = f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n\r\n"
    try:
        reader, writer = await asyncio.open_connection(host, port)
        writer.write(request.encode())
        status = await asyncio.wait_for(reader.readline(), PATIENCE.total_seconds())
        writer.close()
        await writer.wait_closed()
    except (OSError, TimeoutError):
        return False
    return status.startswith(HTTP_READY)
