/** Lines of the kernel that something in user space has caused: a mount, an interface brought up, a module loaded. */
export const causedByUserSpace =
  /^BTRFS: device (?:fsid|label) |re-mounted|mounted filesystem|Adding \d+k swap|ADDRCONF\(NETDEV|promiscuous mode|entered (?:forwarding|disabled|blocking|learning) state|renamed from|greatest stack depth|out-of-tree module|bridge: filtering|nf_conntrack version|ip6?_tables: |Initializing XFRM netlink|Netfilter messages via NETLINK|ctnetlink v|nf_tables: |audit: type=|^type=1\d{3} audit\(|UBIFS \(.*mounted|UBIFS: mounted|NFSD: |Registered protocol family|registered new interface driver|fuse: init|SELinux: +policy|zram\d: Added|loop: module loaded|Loading modules backported|: configuring for \S{1,40} link mode$|^wl[\w-]{1,14}: (?:authenticate with|send auth to) |^Bluetooth: hci\d|^mc: Linux media|^videodev: Linux video/;

/**
 * The kernel's lines that name a program at work: fs/stat.c, net/ipv4/raw.c, arch/x86/kernel/vm86_32.c, traps.c, and
 * arch/<name>/mm/fault.c of a program that it ends.
 */
export const namesProgram =
  /using old stat\(\) call|forgot to set AF_INET|\(uid: \d{1,10}\)|^traps: \S{1,64}\[\d{1,10}\] |^\S{1,64}\[\d{1,10}\]: (?:segfault at|unhandled) |^do_page_fault\(\): sending SIG\w{3,4} to \S/;

/** The kernel's lines that a program at work causes, and neither a new device nor an interrupt. */
export const causedByProgram =
  /^BTRFS: device (?:fsid|label) |re-mounted|mounted filesystem|Adding \d+k swap|audit: type=|^type=1\d{3} audit\(|UBIFS \(.*mounted|bridge: filtering|nf_conntrack version|ip6?_tables: |SELinux: +policy|zram\d: Added|loop: module loaded|fuse: init|^NFSD: |^FS-Cache: |^RPC: Registered|^tun: Universal|^IPVS: |^nfs4?: |^overlayfs: |^Bluetooth: (?:BNEP|RFCOMM|HIDP)/;

/** What the kernel prints once each in its first second or two, long before it runs the first program. */
export const kernelStarts =
  /^(?:VFS: Mounted root \(|Freeing unused kernel (?:image|memory)|Freeing init memory|Run \/\S{1,64} as init process|Kernel command line: |Dentry cache hash table entries|Inode-cache hash table entries|Mount-cache hash table entries|mem auto-init: |Memory: \d+[Kk]\/\d+[Kk] available|SLUB: HWalign|NR_IRQS: |Built \d+ zonelists|Calibrating delay loop|pid_max: default|devtmpfs: initialized|smp: Bringing up secondary CPUs|SMP alternatives: |ACPI: Interpreter enabled|clocksource: jiffies|TCP established hash table entries|Trying to unpack rootfs image|Unpacking initramfs|efi: (?:Remove|Not removing) mem\d+: |e820: (?:remove|update) \[mem |BIOS-e820: \[mem |SMBIOS \d[\d.]* present|tsc: Detected |Fallback order for Node \d|Policy zone: |software IO TLB: |Zone ranges:|Console: colour |ACPI: Core revision \d|APIC: Switch to symmetric I\/O mode|rcu: (?:Preemptible hierarchical|Hierarchical) RCU implementation|ftrace: allocating \d+ entries|DMAR: (?:Host address width|DRHD base:)|x2apic enabled|LSM: initializing |Security Framework initialized|NET: Registered (?:PF_NETLINK|protocol family 16)|cpuidle: using governor|HugeTLB: registered)/;

/**
 * Lines that no blocked program prints next: a shell or a login program that prompts for input, a command that a person
 * typed there, and the fence after a block of code.
 */
export const prompt = /^.{0,120}(?:[$#>]| login:) ?$|^(?:[\w.@:~()/+-]{0,80} ?|\[[^\]]{1,80}\])[$#] \S|^(?:`{3}|~{3})/;

/** A console's line that begins a step, whose end belongs on the same line. */
export const beginsStep = /\S.*(?:\.{3}|…)$|^(?:Starting|Generating|Loading|Creating|Initiali[sz]ing) .{1,80}:\s?$/i;
