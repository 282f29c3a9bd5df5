/** Why an API server refused a request: the `reason` of a Kubernetes `Status`, with its HTTP code. */
const codes = {
  AlreadyExists: 409,
  BadRequest: 400,
  Conflict: 409,
  Expired: 410,
  Forbidden: 403,
  InternalError: 500,
  Invalid: 422,
  MethodNotAllowed: 405,
  NotAcceptable: 406,
  NotFound: 404,
  RequestEntityTooLarge: 413,
  Timeout: 504,
  TooManyRequests: 429,
  Unauthorized: 401,
  UnsupportedMediaType: 415,
} as const

export type StatusReason = keyof typeof codes

/** One problem of a refused request (`status.details.causes[]`). */
export interface StatusCause {
  readonly reason?: string
  readonly message?: string
  readonly field?: string
}

export interface StatusDetails {
  readonly name?: string
  readonly group?: string
  readonly kind?: string
  readonly uid?: string
  readonly causes?: readonly StatusCause[]
  readonly retryAfterSeconds?: number
}

/** The `Status` object of API-115. */
export interface Status {
  readonly kind: 'Status'
  readonly apiVersion: 'v1'
  readonly metadata: object
  readonly status: 'Failure' | 'Success'
  readonly message?: string
  readonly reason?: string
  readonly details?: StatusDetails
  readonly code?: number
}

/**
 * A refused request, carrying what a Kubernetes `Status` object carries.
 *
 * Branch on `reason` (and `details.causes[].reason`); `message` is for people.
 */
export class StatusError extends Error {
  override readonly name = 'StatusError'
  /** A `StatusReason`, or `''` where a real server sends none (API-130). */
  readonly reason: string
  readonly code: number
  readonly details: StatusDetails

  constructor(
    reason: StatusReason | '',
    message: string,
    options: {
      readonly details?: StatusDetails
      readonly code?: number
      readonly cause?: unknown
    } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.reason = reason
    this.code = options.code ?? (reason === '' ? 500 : codes[reason])
    this.details = options.details ?? {}
  }

  /** Narrows a caught value to a `StatusError` with the given reason. */
  static is(error: unknown, reason: StatusReason): error is StatusError {
    return error instanceof StatusError && error.reason === reason
  }

  /** Whether a caught value is a refusal that names the given cause, e.g. `NamespaceTerminating`. */
  static hasCause(error: unknown, cause: string): error is StatusError {
    return (
      error instanceof StatusError &&
      (error.details.causes ?? []).some(({ reason }) => reason === cause)
    )
  }

  /** Rebuilds the error from the `Status` body of an HTTP answer. */
  static of(status: Partial<Status>, code = status.code ?? 500): StatusError {
    return new StatusError((status.reason ?? '') as StatusReason | '', status.message ?? '', {
      code,
      details: status.details ?? {},
    })
  }

  /** The `Status` object to send for this refusal. */
  toStatus(): Status {
    return {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: this.message,
      ...(this.reason === '' ? {} : { reason: this.reason }),
      details: this.details,
      code: this.code,
    }
  }
}
