/**
 * Files that call libc for random bytes themselves, and whose requests are known never to be like those of a library in
 * the table of requests (docs/kernel.md).
 */
const known: readonly { readonly pattern: RegExp; readonly asks: string }[] = [
  { pattern: /^(?:libcrypto|libgcrypt|libgnutls)\.so\./, asks: "what that table has of it" },
  {
    pattern: /^(?:systemd|lib(?:nss_)?(?:systemd|udev)[\w.-]{0,64})$/,
    asks: "16 bytes for an ID or hash key, 512 for the seed",
  },
  { pattern: /^lib(?:blkid|fdisk|mount|smartcols|uuid)\.so\./, asks: "with GRND_NONBLOCK, which never waits" },
  { pattern: /^libstdc\+\+\.so\./, asks: "4 bytes, for std::random_device" },
  { pattern: /^libexpat\.so\./, asks: "8 bytes, for a hash key" },
];

/** `path`: the file's. False: nothing is known of it. */
export function asksOtherwise(path: string): boolean {
  const file = path.slice(path.lastIndexOf("/") + 1);
  return known.some(({ pattern }) => pattern.test(file));
}
