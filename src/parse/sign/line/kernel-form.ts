import { anyPattern } from "../../../core/pattern/any-pattern.ts";
import { kernelStarts } from "./line-causes.ts";

/** One form of lines that the kernel prints, by which they are known where they have neither a stamp nor a tag. */
interface KernelForm {
  readonly id: string;
  readonly pattern: RegExp;
  readonly source: string;
  readonly examples: readonly string[];
  readonly near: readonly string[];
}

/** A driver's name in front of its device's. */
const driver = String.raw`[A-Za-z][\w-]{0,31}`;
/** What a driver puts after its device: a network interface, its name and state. */
const interfaceName = String.raw`(?: [a-z][\w.@-]{1,15}(?: \([\w ]{1,24}\))?)?`;

/**
 * Each is so narrow that it takes an address, a unit or a whole phrase of the kernel's: a word and a colon in front
 * stand in any configuration.
 */
export const kernelForms: readonly KernelForm[] = [
  {
    id: "device-of-pci",
    pattern: new RegExp(
      String.raw`^(?:${driver} [\da-f]{4,5}:[\da-f]{2}:[\da-f]{2}\.[0-7]${interfaceName}|pci_bus [\da-f]{4,5}:[\da-f]{2}): \S`,
    ),
    source: "dev_printk() of drivers/base/core.c: driver, address, and a network interface (net/core/dev.c)",
    examples: [
      "pci 0000:00:02.0: BAR 0: assigned [mem 0xfe000000-0xfe0fffff]",
      "e1000e 0000:00:19.0 eth0: Intel(R) PRO/1000 Network Connection",
      "pci_bus 0000:00: root bus resource [bus 00-ff]",
    ],
    near: ["00:02.0 VGA compatible controller: Maker Device", "at 0000:00:02: done", "0000:00:02.0: reset"],
  },
  {
    id: "device-of-usb",
    pattern:
      /^(?:usb (?:usb\d{1,3}|\d{1,3}-\d{1,3}(?:\.\d{1,3}){0,6})|hub \d{1,3}-\d{1,3}(?:\.\d{1,3}){0,6}:\d{1,3}\.\d{1,3}|[a-z][\w-]{0,31} \d{1,3}-\d{1,3}(?:\.\d{1,3}){0,6}:\d{1,3}\.\d{1,3}|[a-z][\w-]{0,31} [\dA-F]{4}:[\dA-F]{4}:[\dA-F]{4}\.[\dA-F]{4}|usb \d{1,3}-\d{1,3}-port\d{1,3}): \S/,
    source: "dev_printk(): device, interface or port of drivers/usb/core/, a HID device of drivers/hid/hid-core.c",
    examples: [
      "usb 1-1.4: new high-speed USB device number 5 using xhci_hcd",
      "hub 1-0:1.0: 2 ports detected",
      "cdc_acm 1-1:1.0: ttyACM0: USB ACM device",
      "hid-generic 0003:1234:5678.0001: input,hidraw0: USB HID v1.11 Keyboard",
    ],
    near: ["usb 1: port", "Figure 1-1: the board", "Bus 001 Device 002: ID 1d6b:0002 Hub"],
  },
  {
    id: "device-of-scsi-or-ata",
    pattern:
      /^(?:(?:scsi|sd|sr|st|sg|ses) \d{1,4}:\d{1,4}:\d{1,4}:\d{1,8}: \S|scsi host\d{1,4}: \S|ata\d{1,3}(?:\.\d\d)?: (?:[SP]ATA (?:link|max) |configured for |ATAPI?-?\d|ATAPI: |SRST |COMRESET |hard resetting |soft resetting |exception |failed command|status: |EH |model number |DUMMY|Features: | ?\d{5,}))/,
    source: "drivers/scsi/, drivers/ata/libata-core.c",
    examples: [
      "sd 2:0:0:0: [sda] Attached SCSI disk",
      "scsi host2: ahci",
      "ata3: SATA link up 3.0 Gbps (SStatus 123 SControl 300)",
      "ata3.00: configured for UDMA/133",
    ],
    near: ["sd 2: failed", "ata1: yes", "at 2:0:0:0: nothing"],
  },
  {
    id: "device-of-a-board",
    pattern: new RegExp(
      String.raw`^${driver} (?:[\da-f]{5,16}\.(?!(?:html?|png|jpe?g|pdf|txt|log|json|css|js|gif|zip|gz|ko|so|bin|img)\b)[a-z][\w,@-]{1,40}(?:-[\da-f]{8}:[\da-f]{2})?|[a-z][\w-]{0,31}\.\d{1,2}\.auto|\d{1,3}-00[0-7][\da-f]|spi\d{1,3}\.\d{1,2}|mmc\d{1,2}:[\da-f]{4}(?::\d)?|virtio\d{1,3}|LNX[A-Z]{4,8}:[\da-f]{2}|(?:PNP|ACPI|INT|AMDI|QCOM)[\dA-F]{4}:[\da-f]{2})${interfaceName}: \S`,
    ),
    source: "dev_printk(): platform (drivers/of/platform.c), I2C, SPI, MMC, virtio, PNP and ACPI devices, MDIO buses",
    examples: [
      "mvneta f1070000.ethernet eth0: Using hardware mac address 02:00:00:00:00:01",
      "at24 0-0050: 32768 byte 24c256 EEPROM, writable, 1 bytes/write",
      "m25p80 spi0.0: w25q128 (16384 Kbytes)",
      "xhci-hcd xhci-hcd.3.auto: xHCI Host Controller",
      "acpi PNP0A08:00: _OSC: OS supports [ExtendedConfig ASPM]",
      "virtio_blk virtio2: [vda] 2048 512-byte logical blocks",
    ],
    near: ["see f1070000.html: no", "ratio 0-1: yes", "spi0.0: name", "at 12:04: lunch", "image 12ab34.png: size"],
  },
  {
    id: "network-interface",
    pattern:
      /^(?:[a-z][\w-]{0,31}: )?(?:(?:eth|wlan|lan|br|usb|can|en[ops]|wl[ops]|veth)[\w.-]{0,15}: (?:link (?:up|down)|[Ll]ink is (?:[Uu]p|[Dd]own)|NIC Link is |renamed from |entered |Promiscuous mode|PHY |authenticate with|associated|registered|deauthenticat)|[\w-]{1,15}: port \d{1,3}\([\w.-]{1,15}\) entered )|^(?:IPv6: )?ADDRCONF\(NETDEV_\w{1,8}\): |^(?:[Dd]evice [\w.-]{1,15}|[\w.-]{1,15}:?) (?:entered|left) promiscuous mode$/,
    source: "drivers/net/, net/core/dev.c, net/bridge/br_stp.c, net/ipv6/addrconf.c",
    examples: [
      "eth0: link up, 100 Mbps, full-duplex",
      "br0: port 1(eth0) entered forwarding state",
      "IPv6: ADDRCONF(NETDEV_CHANGE): eth0: link becomes ready",
      "device eth0 entered promiscuous mode",
    ],
    near: ["eth0: flags=4163<UP,BROADCAST>", "2: eth0: <BROADCAST>", "Net:   eth0: ethernet@0", "eth0: static"],
  },
  {
    id: "file-system",
    pattern:
      /^(?:EXT[234](?:-fs)? \([\w!-]{1,32}\): |XFS \([\w!-]{1,32}\): |BTRFS(?:: | (?:info|warning|error) \(device )|(?:F2FS|FAT)-fs \([\w!-]{1,32}\): |UBIFS(?: \(ubi\d{1,3}:\d{1,3}\))?: |UBI: |ubi\d{1,3}: (?:attach|scanning|volume|good PEBs|max\/mean|user volume|available PEBs|background thread|VID header|physical eraseblock|MTD device)|(?:jffs2|squashfs|9p|overlayfs|erofs|NTFS3?|ISOFS|VFS|FS-Cache|devtmpfs): (?:version|Version|mounted|Mounted|Disk quotas|Dquot-cache|Cannot|Finished|initialized|Installing|Loaded|notice: |warning: |error: |Empty flash|[(]C\)|Unable|Filesystem|Busy inodes|Can)|JFFS2 (?:version|notice|warning|error)|VFS: Mounted root |kjournald starting|Creating \d{1,3} MTD partitions on |0x[\da-f]{8,16}-0x[\da-f]{8,16} : "|\d{1,3} (?:fixed-partitions|ofpart|cmdlinepart|RedBoot|\w{1,16}) partitions found on MTD device )/,
    source: "fs/, drivers/mtd/",
    examples: [
      "EXT4-fs (mmcblk0p2): mounted filesystem with ordered data mode. Opts: (null)",
      "VFS: Mounted root (squashfs filesystem) readonly on device 31:5.",
      "UBIFS (ubi0:0): background thread started",
      'Creating 5 MTD partitions on "spi0.0":',
      '0x000000000000-0x000000030000 : "u-boot"',
      "squashfs: version 4.0 (2009/01/31) Phillip Lougher",
    ],
    near: ["EXT4: yes", "squashfs: enabled", "/dev/sda1 on / type ext4 (rw)", "VFS: supported file systems"],
  },
  {
    id: "block-and-memory-cards",
    pattern:
      /^(?:mmc\d{1,2}: (?:new |SDHCI |SDIO |error -|host does not|queuing|Problem |Timeout |card [\da-f]{4} removed|Unknown controller|using ADMA|no vqmmc)|mmcblk\d{1,2}(?:boot\d|rpmb|gp\d)?: (?:mmc\d|p\d|unknown|error )|(?:sd[a-z]|vd[a-z]|mmcblk\d|nvme\dn\d): (?:(?:sd[a-z]|vd[a-z]|mmcblk\d|nvme\dn\d)?p?\d(?: |$)|unknown partition)|(?:loop|brd): module loaded|io scheduler [\w-]{1,16} registered|nand: (?:device found|No NAND|Could not|second ID|timing|\w{2,24} N|\d{1,6} (?:MiB|KiB|MB))|Bad block table (?:found|written|not found)|Scanning device for bad blocks|blk_update_request: |Buffer I\/O error on |end_request: |raid6: |xor: |zram: |md: )/,
    source: "drivers/mmc/, drivers/block/, block/, drivers/mtd/nand/",
    examples: [
      "mmc0: new high speed SDHC card at address 0001",
      "mmcblk0: mmc0:0001 SD8GB 7.40 GiB",
      "mmcblk0: p1 p2",
      "io scheduler mq-deadline registered (default)",
      "nand: device found, Manufacturer ID: 0x2c, Chip ID: 0xda",
    ],
    near: ["mmc0 is current device", "MMC:   mmc0: 0", "sda: disk", "NAND:  256 MiB"],
  },
  {
    id: "input-and-terminals",
    pattern:
      /^(?:input: .{1,80} as \/(?:devices|class)\/|console \[\w{1,12}\] (?:enabled|disabled)|printk: (?:console \[|legacy |bootconsole |log_buf)|bootconsole \[\w{1,16}\] |(?:\S{1,40}: )?tty[A-Z]{1,4}\d{1,3} at (?:MMIO|I\/O) 0x|Serial: (?:8250|AMBA|IMX|PL011|SC26|MAX)|serio: |mousedev: |evdev: |hidraw: |usbhid: USB HID|usbcore: (?:registered new|deregistering)|usb-storage: |libphy: |mdio_bus |[eoux]hci[-_]hcd: |Initializing USB Mass Storage|USB Mass Storage support registered)/,
    source: "drivers/input/, kernel/printk/printk.c, drivers/tty/serial/, drivers/usb/, drivers/net/phy/",
    examples: [
      "input: gpio-keys as /devices/platform/gpio-keys/input/input0",
      "console [ttyS0] enabled",
      "Serial: 8250/16550 driver, 4 ports, IRQ sharing disabled",
      "d0012000.serial: ttyS0 at MMIO 0xd0012000 (irq = 9, base_baud = 12500000) is a 16550A",
      "usbcore: registered new interface driver usb-storage",
    ],
    near: ["input: text", "console: serial", "Serial: 12345", "In:    serial", "console [x] opened"],
  },
  {
    id: "networking",
    pattern:
      /^(?:NET: (?:Registered|Unregistered) (?:protocol family|PF_)|(?:TCP|UDP|UDP-Lite|IP)(?::| established| bind)? ?(?:Hash tables configured|hash table entries|idents hash|established hash|bind hash|cubic registered|reno registered|bic registered)|Initializing XFRM|RPC: Registered |NFS: Registering |Bluetooth: (?:Core ver|HCI |L2CAP|SCO|RFCOMM|BNEP|HIDP|hci\d)|8021q: |bridge: filtering|Bridge firewalling |PPP (?:generic|BSD|Deflate|MPPE)|tun: Universal|Netfilter messages|nf_conntrack(?:: | version )|nf_tables: |ip6?_tables: |xt_\w{1,16}: |arp_tables: |cfg80211: |ieee80211 phy\d|lib80211|sit: IPv6|can: (?:controller|raw|broadcast|netlink)|NFSD: |Key type [\w.-]{1,32} (?:un)?registered|IP-Config: (?:Complete|Got|Guessing|Failed|Gateway|Reopening|Entered|No )|Sending (?:DHCP|BOOTP|RARP)[\w ,]{0,32} requests)/,
    source: "net/, security/keys/",
    examples: [
      "NET: Registered PF_INET6 protocol family",
      "TCP: Hash tables configured (established 4096 bind 4096)",
      "Bluetooth: HCI device and connection manager initialized",
      "Key type dns_resolver registered",
    ],
    near: ["NET: on", "TCP: 443", "Bluetooth: off", "Key type: rsa", "can: open"],
  },
  {
    id: "acpi-and-firmware",
    pattern:
      /^(?:ACPI: (?:[A-Z\d]{4} (?:0x)?[\dA-Fa-f]{8,16} |(?:LAPIC|IOAPIC|INT_SRC_OVR|LAPIC_NMI|X2APIC) \(|IRQ\d|PM-Timer|PM: |EC: |Interpreter enabled|bus type |Added _OSI|Core revision|Reserving |\d{1,3} ACPI AML|Enabled \d|Early table|Low-level resume|(?:Power|Sleep) Button|PCI Interrupt|PCI Root|Using |[a-z]{2,12}: |\\_)|efi: |EFI v\d|DMI: |BIOS-e820: |e820: |DMAR: |AMD-Vi: |pci_bus |PCI host bridge |PCI: (?:Using|CLS|Probing|MMCONFIG|enabling|bus)|pnp: PnP|(?:pnp|system|rtc_cmos|i8042|serial|tpm_tis) \d\d:[\da-f]{2}: |thermal LNXTHERM|OF: |psci: |SCSI subsystem initialized|SCSI device |PTP clock support|pps_core: |EDAC MC: |Advanced Linux Sound)/,
    source: "drivers/acpi/, drivers/firmware/, drivers/pci/, drivers/pnp/, drivers/of/",
    examples: [
      "ACPI: SSDT 0x00000000BEEF1000 0003EB (v01 MAKER  Model    00001000 INTL 20191018)",
      "ACPI: bus type USB registered",
      "rtc_cmos 00:04: registered as rtc0",
      "efi: EFI v2.70 by Maker",
      "PCI host bridge to bus 0000:00",
    ],
    near: ["ACPI: yes", "EFI: 512M", "PCI: 3 slots", "OF course: it hangs"],
  },
  {
    id: "processors-and-memory",
    pattern:
      /^(?:CPU\d{1,4}: (?:Booted|thread -1|update|Spectre|Package temperature|Core temperature|cluster|failed|Boot secondary|Thread)|CPU: (?:L[12] [Cc]ache|[ID] cache|Testing write|All CPU|PIPT|VIPT|ARMv\d|div instructions|Physical Processor)|CPU features: |Booting Linux on |Machine model: |Machine: \w{1,32}, model|OF: fdt|Memory policy: |Kernel memory protection|Virtual kernel memory layout|Kernel\/User page tables|Movable zone start|Early memory node ranges|Zone PFN ranges|On node \d|Initmem setup node \d|percpu: |pcpu-alloc: |rcu: |RCU restricting|srcu: |workqueue: |sched_clock: |clocksource: |Switched to clocksource |Switching to clocksource |arch_timer: |Console: |smp: |smpboot: |iommu: |SMP: Total of|Brought up \d|CPUs? \d{1,4} ?revision|devtmpfs: |cpuidle: |cpufreq: |printk: |hw-breakpoint: |Trying to unpack|Unpacking initramfs|Freeing (?:unused|init|initrd) |Warning: unable to open an initial console|Run \/\S{1,64} as init|Sorting __ex_table|Built \d zonelists|SLUB: |SLAB: |NR_IRQS|ftrace: |Security Framework|LSM: |AppArmor: |SELinux: {1,2}(?:[A-Z]|policy |initialized )|capability: |audit: (?:initializing|type=)|audit\(|type=1\d{3} audit\(|PM: |hrtimer: |rtc-\w{1,16} |workingset: |Dynamic Preempt|x86\/(?:fpu|cpu|mm|PAT)|Linux agpgart|fbcon: |Console: switching|fuse: init|fuse init |alg: No test|cryptd: |Loading compiled-in X\.509|watchdog: |INFO: (?:task|rcu)|GICv\d: |GIC: |MIPS: |SoC (?:ID|Type): )/,
    source: "arch/, kernel/, mm/, init/main.c",
    examples: [
      "Booting Linux on physical CPU 0x0",
      "clocksource: arch_sys_counter: mask: 0xffffffffffffff max_cycles: 0x2f",
      "Freeing unused kernel memory: 1024K",
      "sched_clock: 64 bits at 13MHz, resolution 76ns",
    ],
    near: ["CPU: 4 cores", "Memory: 2 GB", "Machine: server", "Freeing disk space", "SMP: yes"],
  },
];

const hasForm = anyPattern([kernelStarts, ...kernelForms.map(({ pattern }) => pattern)]);

/** Whether a text without any prefix has the form of a line of the kernel's. */
export function isKernelForm(text: string): boolean {
  return hasForm(text);
}
