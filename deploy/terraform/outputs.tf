output "bucket" {
  description = "S3_BUCKET"
  value       = aws_s3_bucket.backups.id
}

output "region" {
  description = "S3_REGION"
  value       = aws_s3_bucket.backups.region
}

output "writer_policy_arn" {
  description = "For the user whose access key Holdfast has."
  value       = aws_iam_policy.writer.arn
}

output "retention_policy_arn" {
  description = "For the same user, where Holdfast is to remove what its retention lets go."
  value       = aws_iam_policy.retention.arn
}
