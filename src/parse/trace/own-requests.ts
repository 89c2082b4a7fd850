import type { LibcDoor } from "./request-fingerprint.ts";
import { fileName } from "../../core/base/file-name.ts";

interface Known {
  readonly pattern: RegExp;
  readonly asks: string;
  /** Where this is known of one function of libc alone. */
  readonly through?: LibcDoor;
}

/**
 * Files that call libc for random bytes themselves, and whose requests are known never to be like those of a library in
 * the table of requests (docs/kernel.md).
 */
const known: readonly Known[] = [
  { pattern: /^(?:libgcrypt|libgnutls)\.so\./, asks: "what that table has of it" },
  // RHEL 9's calls getrandom(), in FIPS mode with GRND_RANDOM as libgcrypt does, for lengths that were not measured.
  { pattern: /^libcrypto\.so\./, asks: "what that table has of it", through: "getentropy" },
  {
    pattern: /^(?:systemd|lib(?:nss_)?(?:systemd|udev)[\w.-]{0,64})$/,
    asks: "16 bytes for an ID or hash key, 512 for the seed",
  },
  { pattern: /^lib(?:blkid|fdisk|mount|smartcols|uuid)\.so\./, asks: "with GRND_NONBLOCK, which never waits" },
  { pattern: /^libstdc\+\+\.so\./, asks: "4 bytes, for std::random_device" },
  { pattern: /^libexpat\.so\./, asks: "8 bytes, for a hash key" },
];

/** `path`: the file's; `door`: the function that it may call. False: nothing is known of it. */
export function asksOtherwise(path: string, door: LibcDoor): boolean {
  const file = fileName(path);
  return known.some(({ pattern, through = door }) => through === door && pattern.test(file));
}
