variable "bucket" {
  description = "Name of the bucket that keeps the backups. It is made new: Object Lock is for new buckets."
  type        = string
}

variable "prefix" {
  description = "Folder of the bucket that Holdfast writes to, empty or ending in a slash (S3_PREFIX of the store)."
  type        = string
  default     = ""

  validation {
    condition     = var.prefix == "" || endswith(var.prefix, "/")
    error_message = "The prefix is empty or ends in a slash."
  }
}

variable "old_versions_days" {
  description = "Days for which a deleted or overwritten version can be had back."
  type        = number
  default     = 30

  validation {
    condition     = var.old_versions_days >= 30
    error_message = "Holdfast's check asks for 30 days or more."
  }
}

variable "unfinished_uploads_days" {
  description = "Days after which an upload that never ended is removed. A backup has to be done in this time."
  type        = number
  default     = 7

  validation {
    condition     = var.unfinished_uploads_days >= 2
    error_message = "A backup over a slow line may take a day: give 2 days or more."
  }
}

variable "transition_days" {
  description = "Days after which backups move to STANDARD_IA; 0 leaves them where they are. AWS asks for 30 or more."
  type        = number
  default     = 0

  validation {
    condition     = var.transition_days == 0 || var.transition_days >= 30
    error_message = "0, or 30 days and more."
  }
}

variable "default_lock_days" {
  description = "Retention that the bucket gives each new object by itself; 0 for none. Holdfast locks each copy until the end of its own retention in any case."
  type        = number
  default     = 0
}

variable "default_lock_mode" {
  description = "GOVERNANCE or COMPLIANCE. What is locked in COMPLIANCE mode nobody can remove before its time, the account's root user included."
  type        = string
  default     = "GOVERNANCE"

  validation {
    condition     = contains(["GOVERNANCE", "COMPLIANCE"], var.default_lock_mode)
    error_message = "GOVERNANCE or COMPLIANCE."
  }
}
