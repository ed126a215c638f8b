#!/usr/bin/env bash
# infra/teardown.sh STAGE: deletes a stack and what CloudFormation keeps of it: photos, databases, backups, images, key.
# It may be run again after a failure: CloudFormation knows the ids for 90 days. docs/operations.md, "Take it down, really".
set -euo pipefail
cd "$(dirname "$0")/.."
stage=${1:?which stage, such as dev}
stack=burnout-$stage

if [ "$stage" != dev ] && [ "${CONFIRM:-}" != "$stack" ]; then
  echo "teardown: this deletes all that people have in $stack, and its backups. To mean it: CONFIRM=$stack $0 $stage" >&2
  exit 2
fi

made() { # the id that CloudFormation gave, of a deleted stack too; empty if it never came so far
  aws cloudformation describe-stack-resource --stack-name "$id" --logical-resource-id "$1" \
    --query StackResourceDetail.PhysicalResourceId --output text || true
}

gone() { # runs what deletes something; that it is gone already is as good
  local said
  said=$("$@" 2>&1) && return
  case $said in *NotFound* | *NoSuch* | *"pending deletion"*) ;; *) printf '%s\n' "$said" >&2 && return 1 ;; esac
}

points() {
  aws backup list-recovery-points-by-backup-vault --backup-vault-name "$vault" \
    --query 'RecoveryPoints[].RecoveryPointArn' --output text | tr '\t' '\n' | grep arn: || true
}

id=$(aws cloudformation describe-stacks --stack-name "$stack" --query 'Stacks[0].StackId' --output text 2>/dev/null) ||
  id=$(aws cloudformation list-stacks --stack-status-filter DELETE_COMPLETE --output json \
    --query "sort_by(StackSummaries[?StackName=='$stack'], &CreationTime)[-1].StackId" | tr -d '"')
if [ "$id" = null ]; then
  echo "teardown: there is no $stack" && exit
fi
bucket=$(made PhotosBucket) files=$(made FileSystem) vault=$(made BackupVault) key=$(made Key)

"${PYTHON:-.venv/bin/python}" -m infra.webhook delete --secret-arn "burnout/$stage/telegram" || echo "teardown: Telegram was not told" >&2
aws cloudformation delete-stack --stack-name "$id"
aws cloudformation wait stack-delete-complete --stack-name "$id"
gone aws secretsmanager delete-secret --secret-id "burnout/$stage/telegram" --force-delete-without-recovery || # frees its name
  echo "teardown: the secret was not deleted" >&2
[ -n "$bucket" ] && gone aws s3 rb "s3://$bucket" --force
[ -n "$files" ] && gone aws efs delete-file-system --file-system-id "$files"
if [ -n "$vault" ] && aws backup list-backup-vaults --output text | grep -qw "$vault"; then
  for point in $(points); do
    gone aws backup delete-recovery-point --backup-vault-name "$vault" --recovery-point-arn "$point"
  done
  for _ in $(seq 60); do # AWS takes its time to delete a point
    [ -z "$(points)" ] && break
    sleep 10
  done
  gone aws backup delete-backup-vault --backup-vault-name "$vault"
fi
gone aws ecr delete-repository --repository-name "burnout/$stage/infer" --force
aws cloudformation delete-stack --stack-name "burnout-images-$stage"
aws cloudformation wait stack-delete-complete --stack-name "burnout-images-$stage"
[ -n "$key" ] && gone aws kms schedule-key-deletion --key-id "$key" --pending-window-in-days 7 # last: nothing can be read then
echo "teardown: $stack is gone; its key in seven days"
