/** The last part of a path: "sshd" of "/usr/sbin/sshd", and of "sshd". node:path is not for folders without effects. */
export function fileName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
