/*
 * Sleeps in read(2) below 60 frames, each in another mapping of one file that is made to be costly to unwind: each
 * claims the same table of 32 700 symbols, and has call frame information of twice as many instructions as the second
 * argument says; the first one is where the file goes.
 */
#define _GNU_SOURCE
#include <elf.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { frames = 60, symbols = 32700, code = 2048, common = 4096, own = 12288, size = 20480 };

static int instructions;

/* DT_GNU_HASH: one bucket, whose chain ends with the last symbol. Each symbol is a function, below all addresses. */
static void fill_tables(unsigned char *tables)
{
	uint32_t *hash = (uint32_t *)tables;
	Elf64_Sym *symbol = (Elf64_Sym *)(tables + (1 << 20));

	hash[0] = hash[1] = hash[4] = 1;
	for (int index = 0; index < symbols; index++) {
		hash[5 + index] = index == symbols - 2;
		symbol[index] = (Elf64_Sym){ .st_info = STT_FUNC, .st_shndx = 1, .st_value = index % 4 };
	}
}

/* An entry of .eh_frame: its length, what is in front of its instructions, and these. */
static void put_entry(unsigned char *at, uint32_t id, const void *head, uint32_t length)
{
	uint32_t whole = 4 + length + instructions;

	memcpy(at, &whole, 4);
	memcpy(at + 4, &id, 4);
	memcpy(at + 8, head, length);
	/* DW_CFA_remember_state and DW_CFA_restore_state by turns */
	for (int index = 0; index < instructions; index++)
		at[8 + length + index] = 0x0a + index % 2;
}

static void fill_file(unsigned char *file, uint64_t tables)
{
	Elf64_Ehdr *header = (Elf64_Ehdr *)file;
	Elf64_Phdr *segment = (Elf64_Phdr *)(file + 64);
	Elf64_Dyn *dynamic = (Elf64_Dyn *)(file + 512);
	/* version 1, augmentation "zR", factors 1 and -8, return register 16, addresses relative and of 32 bits;
	   DW_CFA_def_cfa rsp 8, DW_CFA_offset of the return address and of all others */
	static unsigned char cie[16 + 2 * 16] = { 1, 'z', 'R', 0, 1, 0x78, 16, 1, 0x1b, 0x0c, 7, 8, 0x90, 1 };
	int32_t table[] = { 0, 1, code - 1024, own - 1024 };
	int32_t fde[] = { code - (own + 8), 1024 };
	unsigned char range[9] = { 0 };

	for (int number = 0; number < 16; number++) {
		cie[14 + 2 * number] = number == 7 ? 0 : 0x80 + number;
		cie[15 + 2 * number] = number == 7 ? 0 : 1;
	}
	memcpy(header->e_ident, "\177ELF\2\1\1", 7);
	header->e_phoff = 64;
	header->e_phentsize = sizeof(*segment);
	header->e_phnum = 3;
	segment[0] = (Elf64_Phdr){ .p_type = PT_LOAD, .p_filesz = size, .p_memsz = size };
	segment[1] = (Elf64_Phdr){ .p_type = PT_DYNAMIC, .p_offset = 512, .p_vaddr = 512, .p_filesz = 80 };
	segment[2] = (Elf64_Phdr){ .p_type = PT_GNU_EH_FRAME, .p_offset = 1024, .p_vaddr = 1024, .p_filesz = 32 };
	dynamic[0] = (Elf64_Dyn){ DT_SYMTAB, { tables + (1 << 20) } };
	dynamic[1] = (Elf64_Dyn){ DT_STRTAB, { tables + (2 << 20) } };
	dynamic[2] = (Elf64_Dyn){ DT_STRSZ, { 1000 } };
	dynamic[3] = (Elf64_Dyn){ DT_GNU_HASH, { tables } };
	memcpy(file + 1024, "\1\x1b\3\x3b", 4);
	memcpy(file + 1028, table, sizeof(table));
	memcpy(file + code, "\x0f\x05", 2); /* syscall */
	put_entry(file + common, 0, cie, sizeof(cie));
	memcpy(range, fde, sizeof(fde));
	put_entry(file + own, own + 4 - common, range, sizeof(range));
}

int main(int count, char **words)
{
	static uint64_t stack[4096];
	static unsigned char content[size], buffer[4];
	uint64_t *top = stack + 2048;
	int file;
	unsigned char *tables = mmap(NULL, 4 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	/* Below its tables: an address of a file that is below its base is taken as relative to it. */
	unsigned char *base = (unsigned char *)0x300000000;

	if (count != 3)
		return 1;
	file = open(words[1], O_RDWR | O_CREAT | O_TRUNC, 0600);
	instructions = atoi(words[2]);
	fill_tables(tables);
	fill_file(content, (uint64_t)tables);
	if (write(file, content, size) != size)
		return 1;
	for (int index = 0; index < frames; index++) {
		mmap(base + (index << 20), size, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_FIXED, file, 0);
		top[index - 1] = (uint64_t)base + (index << 20) + code + 100 + index;
	}
	top[frames - 1] = 0;
	__asm__ volatile("mov %0, %%rsp\n\tjmp *%1"
			 : : "r"(top), "r"(base + code), "a"(0L), "D"(0L), "S"(buffer), "d"(4L));
}
