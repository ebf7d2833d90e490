locals {
  objects = "${aws_s3_bucket.backups.arn}/${var.prefix}*"
  probes  = "${aws_s3_bucket.backups.arn}/${var.prefix}holdfast-probe/*"
}

# Writes, reads, locks and looks. It removes nothing but the small objects of the connection test,
# and it cannot change a setting of the bucket: what it has written is safe from whoever steals it.
data "aws_iam_policy_document" "writer" {
  statement {
    sid = "Objects"
    actions = [
      "s3:PutObject",
      "s3:GetObject",
      "s3:GetObjectVersion",
      "s3:AbortMultipartUpload",
      "s3:ListMultipartUploadParts",
      "s3:PutObjectRetention",
      "s3:GetObjectRetention",
    ]
    resources = [local.objects]
  }

  statement {
    sid       = "Probes"
    actions   = ["s3:DeleteObject"]
    resources = [local.probes]
  }

  statement {
    sid = "Bucket"
    actions = [
      "s3:ListBucket",
      "s3:ListBucketMultipartUploads",
      "s3:GetBucketLocation",
      "s3:GetBucketVersioning",
      "s3:GetEncryptionConfiguration",
      "s3:GetBucketObjectLockConfiguration",
      "s3:GetLifecycleConfiguration",
      "s3:GetBucketPolicyStatus",
      "s3:GetBucketAcl",
      "s3:GetBucketPublicAccessBlock",
    ]
    resources = [aws_s3_bucket.backups.arn]
  }

  statement {
    sid    = "NeverPastALock"
    effect = "Deny"
    actions = [
      "s3:BypassGovernanceRetention",
      "s3:DeleteObjectVersion",
    ]
    resources = ["${aws_s3_bucket.backups.arn}/*"]
  }
}

# What retention needs beside that: it puts delete markers. What lies behind them goes by the life
# cycle, after the days that are left to take it back.
data "aws_iam_policy_document" "retention" {
  statement {
    sid       = "Retention"
    actions   = ["s3:DeleteObject"]
    resources = [local.objects]
  }
}

resource "aws_iam_policy" "writer" {
  name        = "${var.bucket}-holdfast-writer"
  description = "Holdfast writes, reads and locks backups; it removes none."
  policy      = data.aws_iam_policy_document.writer.json
}

resource "aws_iam_policy" "retention" {
  name        = "${var.bucket}-holdfast-retention"
  description = "Holdfast removes what its retention lets go; old versions stay for their days."
  policy      = data.aws_iam_policy_document.retention.json
}
