#!/bin/sh
# As in AWS's base images: behind the emulator on a machine of one's own, without it in Lambda.
export _HANDLER="$1"
if [ -z "${AWS_LAMBDA_RUNTIME_API}" ]; then
  exec /usr/local/bin/aws-lambda-rie /var/runtime/bootstrap
fi
exec /var/runtime/bootstrap
