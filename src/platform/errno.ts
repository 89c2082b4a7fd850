/**
 * The errno name of a failed system call, for example "ENOENT", from its error or as the name itself; null where the
 * error is none.
 */
export function errnoOf(error: unknown): string | null {
  if (typeof error === "string") return /^E[A-Z0-9]+$/.test(error) ? error : null;
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : null;
}

/** Not there: a file that this kernel lacks, or a task that has ended. */
export function isVanished(error: unknown): boolean {
  return ["ENOENT", "ENOTDIR", "ESRCH", "ENODEV", "ENXIO"].includes(errnoOf(error) ?? "");
}

/** It exists, and this process has no permission. */
export function isDenied(error: unknown): boolean {
  return ["EACCES", "EPERM"].includes(errnoOf(error) ?? "");
}

/** /dev/kmsg: records were overwritten before they were read; the next read continues after the gap. */
export function isOverrun(error: unknown): boolean {
  return errnoOf(error) === "EPIPE";
}

/** Nothing to read now. */
export function isDry(error: unknown): boolean {
  return errnoOf(error) === "EAGAIN";
}

/** What errno names mean to a person, where crngwatch meets them: strerror(3). */
const meanings: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  ENOSPC: "no space left on device",
  EROFS: "read-only file system",
  EDQUOT: "disk quota exceeded",
  EMFILE: "too many open files",
  ENFILE: "too many open files in system",
  EIO: "input/output error",
  ENOMEM: "cannot allocate memory",
  EISDIR: "is a directory",
  ENOTDIR: "not a directory",
};

/** The name of an errno with its meaning: "no space left on device (ENOSPC)". */
export function errnoText(name: string): string {
  const meaning = meanings[name];
  return meaning === undefined ? name : `${meaning} (${name})`;
}

/** What reading a file came to. Four different answers: there is no fifth in which they are mixed. */
export type Read<T> =
  | { readonly kind: "ok"; readonly value: T }
  | { readonly kind: "absent" }
  | { readonly kind: "denied" }
  | { readonly kind: "failed"; readonly errno: string };

/** Runs a file operation and sorts its failure. */
export function attempt<T>(operation: () => T): Read<T> {
  try {
    return { kind: "ok", value: operation() };
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === null) throw error;
    return failure(errno);
  }
}

/** Sorts the failure of a system call. */
export function failure(errno: string): Read<never> {
  if (isVanished(errno)) return { kind: "absent" };
  return isDenied(errno) ? { kind: "denied" } : { kind: "failed", errno };
}
