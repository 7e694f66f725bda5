"""What AWS may do: jobs by SQS, narration in S3, a CDN in front. A server of these stands on loopback."""

import base64
import threading
import urllib.parse
import urllib.request
from collections.abc import Iterator
from urllib.parse import urlsplit

import boto3
import pytest
from celery import Celery
from celery.contrib.testing.worker import start_worker
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from django.core.files.storage import default_storage
from django.test import Client
from moto.server import ThreadedMotoServer

from readerai import redis_roles
from readerai.liveness import waiting_jobs
from tutoring.narration import files

BUCKET = "narration-of-willow"
NAME = "0" * 64
SOUND = b"Tiva was a young fox."


@pytest.fixture(scope="module")
def aws() -> Iterator[str]:
    """The address of a server that is S3 and SQS; whoever asks AWS in these tests asks it."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {
            "AWS_ENDPOINT_URL": f"http://{host}:{port}",
            "AWS_DEFAULT_REGION": "eu-central-1",
            "AWS_ACCESS_KEY_ID": "nobody",
            "AWS_SECRET_ACCESS_KEY": "only-for-tests",
        }.items():
            patch.setenv(name, value)
        yield f"http://{host}:{port}"
    server.stop()


# --- Jobs by SQS -----------------------------------------------------------------------------


@pytest.fixture
def app(aws) -> Celery:
    """Jobs of this test's own, sent and taken as ours are."""
    url, options = redis_roles.broker("sqs://")
    app = Celery("aws", broker=url, set_as_current=False)
    app.conf.update(
        broker_transport_options=options, task_default_queue="stories", task_ignore_result=True,
        task_acks_late=True,
    )  # fmt: skip
    return app


def test_a_worker_takes_jobs_from_sqs_and_sees_how_many_wait(app):
    told = threading.Event()

    @app.task(name="tell_by_sqs")
    def tell() -> None:
        told.set()

    app.send_task("tell_by_sqs")
    app.send_task("tell_by_sqs", queue="others")
    assert waiting_jobs(app, ["stories", "others"]) == 2
    with start_worker(app, pool="threads", concurrency=1, perform_ping_check=False, queues=["stories"]):
        assert told.wait(30)
    assert waiting_jobs(app, ["stories"]) == 0
    queues = boto3.client("sqs").list_queues()["QueueUrls"]
    assert {url.rpartition("/")[2] for url in queues} == {"readerai-stories", "readerai-others"}


# --- Narration in S3 ---------------------------------------------------------------------------


@pytest.fixture
def bucket(aws, settings) -> str:
    """Narration is in a bucket; where browsers are sent is for `told` to say."""
    boto3.client("s3").create_bucket(
        Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
    )
    told(settings)
    files.put(f"{files.FOLDER}{NAME}.mp3", SOUND)
    files.put(f"{files.ANSWERS}{NAME}.flac", SOUND)
    yield BUCKET
    for each in boto3.client("s3").list_objects(Bucket=BUCKET).get("Contents", ()):
        boto3.client("s3").delete_object(Bucket=BUCKET, Key=each["Key"])
    boto3.client("s3").delete_bucket(Bucket=BUCKET)


def told(settings, **options: object) -> None:
    """Set the storage to the bucket, with these options."""
    storage = {"BACKEND": "readerai.media_bucket.MediaBucket", "OPTIONS": {"bucket_name": BUCKET, **options}}
    settings.STORAGES = {**settings.STORAGES, "default": storage}


def sent_to(address: str) -> tuple[str, str]:
    """Return where a browser is sent, and how long it may remember that."""
    answer = Client().get(address)
    assert answer.status_code == 302
    return answer["Location"], answer["Cache-Control"]


def test_a_browser_gets_narration_from_the_bucket_by_an_address_that_is_signed(bucket):
    location, remembered = sent_to(f"/media/narration/{NAME}.mp3")
    assert "Signature=" in location
    assert remembered == "private, max-age=2700"  # of the hour for which it holds
    with urllib.request.urlopen(location) as answer:
        assert answer.read() == SOUND
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"


def test_nobody_but_the_browser_may_keep_what_a_child_was_answered(bucket):
    location, _ = sent_to(f"/media/answers/{NAME}.flac")
    with urllib.request.urlopen(location) as answer:
        assert answer.headers["Cache-Control"] == "private, max-age=3600, immutable"


def test_what_is_deleted_is_gone_from_the_bucket(bucket):
    name = f"{files.ANSWERS}{NAME}.flac"
    assert files.exists(name)
    files.delete(name)
    assert not files.exists(name)


def test_a_cdn_stands_in_front_with_the_same_address_for_every_browser(bucket, settings):
    told(settings, custom_domain="sound.school.example")
    address = f"https://sound.school.example/narration/{NAME}.mp3"
    assert sent_to(f"/media/narration/{NAME}.mp3")[0] == address


def test_a_cdn_that_asks_for_it_is_shown_a_signature_that_its_key_proves(bucket, settings):
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    told(settings, custom_domain="sound.school.example", cloudfront_key_id="K1", cloudfront_key=pem)
    shown = dict(urllib.parse.parse_qsl(urlsplit(default_storage.url(f"narration/{NAME}.mp3")).query))
    address = f"https://sound.school.example/narration/{NAME}.mp3"
    policy = (
        f'{{"Statement":[{{"Resource":"{address}","Condition":'
        f'{{"DateLessThan":{{"AWS:EpochTime":{shown["Expires"]}}}}}}}]}}'
    )
    signature = base64.b64decode(shown["Signature"].translate(str.maketrans("-_~", "+=/")))
    key.public_key().verify(signature, policy.encode(), padding.PKCS1v15(), hashes.SHA1())
    assert shown["Key-Pair-Id"] == "K1"
