/** A program's own words about waiting for randomness. */
export interface OwnWords {
  readonly id: string;
  readonly pattern: RegExp;
  /** The waiter: this one; null: the program that wrote the line; `group`: the one that the words name. */
  readonly name: string | null;
  readonly group?: 1;
  /** The group with how long it waited, and what one unit of it is in seconds. */
  readonly seconds?: { readonly group: 1; readonly unit: number };
  /** It waits as it writes the line. False: the wait is over. */
  readonly open: boolean;
  readonly proof: "shown" | "likely";
  readonly source: string;
  readonly examples: readonly string[];
  readonly near: readonly string[];
}

export const ownWords: readonly OwnWords[] = [
  {
    id: "systemd-random-seed",
    pattern: /(?:^|["'“«`])Kernel entropy pool is not initialized yet, waiting until it is\b/,
    name: "systemd-random-seed.service",
    open: true,
    proof: "shown",
    source: "systemd 243 and later, src/random-seed/random-seed-tool.c",
    examples: [
      "Kernel entropy pool is not initialized yet, waiting until it is.",
      'the journal has "Kernel entropy pool is not initialized yet, waiting until it is." there',
    ],
    near: ["Kernel entropy pool is initialized."],
  },
  {
    id: "go",
    pattern: /crypto\/rand: blocked for (\d{1,6}) seconds waiting to read random data\b/,
    name: "a Go program",
    seconds: { group: 1, unit: 1 },
    open: true,
    proof: "shown",
    source: "Go, src/crypto/rand/rand_unix.go, warnBlocked()",
    examples: [
      "crypto/rand: blocked for 60 seconds waiting to read random data from the kernel",
      "serial showed `crypto/rand: blocked for 60 seconds waiting to read random data`",
    ],
    near: ["crypto/rand: failed to read random data (see https://go.dev/issue/66821): EOF"],
  },
  {
    id: "u-root",
    pattern: /\bgetrandom is taking a long time \(>(\d{1,4})s\)/,
    name: "a program of u-root",
    seconds: { group: 1, unit: 1 },
    open: true,
    proof: "shown",
    source: "u-root, pkg/rand/random_linux.go: getrandom(2) returns EAGAIN again and again",
    examples: [
      "getrandom is taking a long time (>2s). If running on hardware, consider enabling Linux's CONFIG_RANDOM_TRUST_CPU=y.",
    ],
    near: ["getrandom is taking long"],
  },
  {
    id: "dropbear",
    pattern:
      /(?:^|["'“«`])(?:Warning: )?(?:Waiting for kernel randomness to be initialised|Reading the randomness source .{0,40}seems to have blocked)/i,
    name: "dropbear",
    open: true,
    proof: "shown",
    source: "Dropbear, src/dbrandom.c",
    examples: [
      "Waiting for kernel randomness to be initialised...",
      "Warning: Reading the randomness source \u0027/dev/urandom\u0027 seems to have blocked.",
      "串口卡在 \x60Waiting for kernel randomness to be initialised...\x60",
    ],
    near: ["Not backgrounding"],
  },
  {
    id: "libsodium-users",
    pattern: /^This system doesn't provide enough entropy to quickly generate high-quality random numbers\b/,
    name: "a program that uses libsodium",
    open: true,
    proof: "shown",
    source:
      "programs that call RNDGETENTCNT before sodium_init(), as libsodium's manual proposes: Shadowsocks, dnscrypt",
    examples: [
      "This system doesn't provide enough entropy to quickly generate high-quality random numbers. Installing the rng-utils",
    ],
    near: ["This system provides enough entropy to quickly generate high-quality random numbers."],
  },
  {
    id: "gnupg",
    pattern: /^Not enough random bytes available\.|^\(?Need \d{1,6} more bytes\)/,
    name: "gpg",
    open: true,
    proof: "likely",
    source:
      "libgcrypt, random/rndlinux.c, and GnuPG's progress; before Linux 5.6 /dev/random keeps its readers waiting " +
      "though the CRNG is ready",
    examples: ["Not enough random bytes available.  Please do some other work to give"],
    near: ["We need to generate a lot of random bytes. It is a good idea to perform"],
  },
  {
    id: "cryptsetup",
    pattern: /^System is out of entropy while generating volume key\./,
    name: "cryptsetup",
    open: true,
    proof: "likely",
    source: "cryptsetup, lib/random.c; it reads /dev/random, as gpg does",
    examples: ["System is out of entropy while generating volume key."],
    near: ["Generating key (7% done)."],
  },
  {
    id: "tomcat",
    pattern:
      /Creation of ?SecureRandom instance.{0,30} using \[[^\]]{1,40}\] took \[([\d,.]{1,12})\] (?:milliseconds|ms)\b/,
    name: "Tomcat",
    seconds: { group: 1, unit: 0.001 },
    open: false,
    proof: "likely",
    source: "Apache Tomcat, SessionIdGeneratorBase: the JVM read a blocking source",
    examples: [
      "Creation of SecureRandom instance for session ID generation using [SHA1PRNG] took [14,578] milliseconds.",
      "Creation of SecureRandom instancefor session ID generation using [SHA1PRNG] took [14,578] ms",
    ],
    near: [
      "Creation of SecureRandom instance for session ID generation",
      "Creation of SecureRandom instance for session ID generation using [SHA1PRNG] took [14,578] attempts",
    ],
  },
  {
    id: "netty",
    pattern: /Failed to generate a seed from SecureRandom within (\d{1,3}) seconds\. Not enough entroph?y\?/,
    name: "a Java program that uses Netty",
    seconds: { group: 1, unit: 1 },
    open: false,
    proof: "likely",
    source: "Netty, ThreadLocalRandom: it gives up after 3 s",
    examples: [
      "Failed to generate a seed from SecureRandom within 3 seconds. Not enough entropy?",
      "Failed to generate a seed from SecureRandom within 3 seconds. Not enough entrophy?",
    ],
    near: ["-Dio.netty.initialSeedUniquifier: 0x5a1b2c3d4e5f6071 (took 3 ms)"],
  },
  {
    id: "wpa",
    pattern:
      /(?:Not enough entropy (?:in random pool|pool available)|Only \d{1,3}\/20 bytes of strong random data available|^random: Cannot read from \/dev\/random: Resource temporarily unavailable)/,
    name: "a Wi-Fi daemon (hostapd or wpa_supplicant)",
    open: true,
    proof: "likely",
    source: "hostapd and wpa_supplicant, src/crypto/random.c, src/ap/wpa_auth.c",
    examples: [
      "random: Not enough entropy pool available for secure operations",
      "WPA: Not enough entropy in random pool to proceed - reject first 4-way handshake",
      "random: Cannot read from /dev/random: Resource temporarily unavailable",
    ],
    near: [
      "random: Got 20/20 bytes from /dev/random",
      "random: Cannot read from /dev/random: No such file or directory",
    ],
  },
  {
    id: "left-over-key-generator",
    pattern:
      /^(?:\S+: )?(?:Found left-over process|Killing process) \d{1,10} \((ssh-keygen|dropbearkey|openssl|gpg|certtool|uuidgen|dnssec-keygen|rndc-confgen)\)/,
    name: null,
    group: 1,
    open: true,
    proof: "likely",
    source: "systemd, src/core: a program that makes keys hung until its unit timed out",
    examples: [
      "sshd.service: Found left-over process 593 (ssh-keygen) in control group while starting unit. Ignoring.",
    ],
    near: ["foo.service: Found left-over process 593 (sleep) in control group while starting unit. Ignoring."],
  },
  {
    id: "any-program",
    pattern:
      /\b(?:(?:still )?waiting (?:for|on|until|in)|blocked (?:on|by|in|waiting for)|stalled (?:on|by)) .{0,40}\b(?:entropy|randomness|CRNG|crng|random (?:data|bytes|numbers?|pool|seed|generator)|getrandom|\/dev\/u?random)\b|\b(?:entropy|randomness|random pool|CRNG|crng)\b.{0,40}\b(?:not (?:yet )?(?:ready|initiali[sz]ed|available)|exhausted|too low)\b.{0,40}\b(?:waiting|blocking|wait)\b/i,
    name: null,
    open: true,
    proof: "likely",
    source: "generic",
    examples: [
      "waiting for entropy",
      "Waiting for the random pool to be initialised",
      "Entropy pool is not ready, waiting",
      "blocked in getrandom()",
    ],
    near: ["waiting for device to appear", "entropy pool seeded", "random: crng init done"],
  },
];
