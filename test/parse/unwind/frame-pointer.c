/*
 * Sleeps in read(2), below code without call frame information: its own, or a copy of that code in memory that no file
 * backs, as a JIT compiler makes it. Before it does, it writes what rbp is in there to its standard output, since
 * /proc/PID/syscall does not show it.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

typedef long (*door)(long (*)(void *), long (*)(void *), void *);
extern char framed[], framed_end[], bare[], bare_end[];

/* long framed(report, wait, rbp to pretend): no .cfi_ directive, so no entry in .eh_frame. */
__asm__(".text\n"
	"framed:\n"
	"	push %rbp\n"
	"	mov %rsp, %rbp\n"
	"	push %rsi\n"
	"	push %rbx\n"
	"	mov %rdi, %rax\n"
	"	mov %rbp, %rdi\n"
	"	call *%rax\n"
	"	mov -8(%rbp), %rax\n"
	"	call *%rax\n"
	"	pop %rbx\n"
	"	pop %rsi\n"
	"	pop %rbp\n"
	"	ret\n"
	"framed_end:\n"
	/* It keeps something else in rbp: what it is told. */
	"bare:\n"
	"	push %rbp\n"
	"	push %rsi\n"
	"	sub $8, %rsp\n"
	"	mov %rdx, %rbp\n"
	"	mov %rdi, %rax\n"
	"	mov %rbp, %rdi\n"
	"	call *%rax\n"
	"	mov 8(%rsp), %rax\n"
	"	call *%rax\n"
	"	add $8, %rsp\n"
	"	pop %rsi\n"
	"	pop %rbp\n"
	"	ret\n"
	"bare_end:\n");

static long report(void *frame)
{
	return write(1, &frame, sizeof(frame));
}

static long wait_for_a_byte(void *unused)
{
	char byte;
	long count = read(0, &byte, 1);

	(void)unused;
	__asm__ volatile("" : "+r"(count) : : "memory");
	return count;
}

static door copied(const char *from, const char *end)
{
	void *code = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return code == MAP_FAILED ? NULL : memcpy(code, from, (size_t)(end - from));
}

__attribute__((noinline)) long through(const char *way, void *pretended)
{
	door code = strcmp(way, "framed") == 0 ? (door)(void *)framed
		    : strcmp(way, "jit") == 0  ? copied(framed, framed_end)
					       : (door)(void *)bare;
	long result = code == NULL ? -1 : code(report, wait_for_a_byte, pretended);

	__asm__ volatile("" : "+r"(result) : : "memory");
	return result;
}

int main(int count, char **words)
{
	/* On the stack, above its top, but nothing like a frame: no address of code stands behind it. */
	long room[4] = {0x1000, 0x1000, 0x1000, 0x1000};
	void *pretended = strcmp(words[count - 1], "low") == 0 ? (void *)8 : (void *)room;

	return (int)(through(words[1], pretended) + room[3]) & 1;
}
