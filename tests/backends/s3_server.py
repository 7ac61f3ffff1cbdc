"""An S3-compatible server that checks signatures, for tests: run by the Python of an environment that has `moto`.

Prints its port, key id and secret; everything but what set it up must be signed. Ends when its input is closed.
"""

from __future__ import annotations

import json
import os
import sys

_SET_UP = 4  # requests that come before the key exists
os.environ["INITIAL_NO_AUTH_ACTION_COUNT"] = str(_SET_UP)


def main() -> None:
    import boto3
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    nobody = {
        "endpoint_url": f"http://{host}:{port}",
        "aws_access_key_id": "nobody",
        "aws_secret_access_key": "nobody",
        "region_name": "us-east-1",
    }
    people = boto3.client("iam", **nobody)
    people.create_user(UserName="forum")
    key = people.create_access_key(UserName="forum")["AccessKey"]
    may = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
    people.put_user_policy(UserName="forum", PolicyName="all", PolicyDocument=json.dumps(may))
    boto3.client("s3", **nobody).create_bucket(Bucket="forum")
    print("ready", port, key["AccessKeyId"], key["SecretAccessKey"], flush=True)
    sys.stdin.read()
    server.stop()


if __name__ == "__main__":
    main()
