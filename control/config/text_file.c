/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "config/text_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/secure.h"
#include "config/reader.h"

struct buffer {
	char *bytes;
	size_t len, size;
};

static void buffer_free(struct buffer *buffer)
{
	if (buffer->bytes)
		secure_wipe(buffer->bytes, buffer->size);
	free(buffer->bytes);
	*buffer = (struct buffer){0};
}

/* realloc would leave a copy behind. */
static bool buffer_grow(struct buffer *buffer)
{
	struct buffer larger = {
		.len = buffer->len, .size = buffer->size ? 4 * buffer->size : 16384};

	larger.bytes = malloc(larger.size);
	if (!larger.bytes)
		return false;
	if (buffer->len)
		memcpy(larger.bytes, buffer->bytes, buffer->len);
	buffer_free(buffer);
	*buffer = larger;
	return true;
}

static unsigned line_count(const char *text, size_t len)
{
	unsigned n = 1;

	for (const char *at = text; (at = memchr(at, '\n', len - (size_t)(at - text))); at++)
		n++;
	return n;
}

static bool fail_zero_byte(struct config_reader *reader, const char *path, unsigned line)
{
	reader->place = (struct place){path, line};
	return config_fail(
		reader, "text", "holds a zero byte; allowed: a text file in UTF-8 or ASCII");
}

static bool fail_unreadable(struct config_reader *reader, const char *key, const char *path)
{
	int error = errno;
	char shown[CONFIG_QUOTE_MAX];

	return config_fail(reader, key,
		"cannot read %s: %s; allowed: a text file that this user can read",
		config_quote(path, shown), strerrordesc_np(error));
}

/* Some editors put it before a text in UTF-8. */
static void skip_byte_order_mark(struct buffer *buffer)
{
	static const char mark[] = "\xef\xbb\xbf";

	if (strncmp(buffer->bytes, mark, sizeof(mark) - 1) == 0)
		memset(buffer->bytes, ' ', sizeof(mark) - 1);
}

/* Zero bytes are looked for at once: a device full of them must not be read to its end. */
static bool read_text(struct config_reader *reader, const char *key, const char *path,
	int descriptor, struct buffer *buffer)
{
	for (;;) {
		ssize_t n;

		if (buffer->size - buffer->len < 2 && !buffer_grow(buffer))
			return config_fail(reader, key, "out of memory; allowed: a smaller file");
		n = read(descriptor, buffer->bytes + buffer->len, buffer->size - buffer->len - 1);
		if (n < 0)
			return fail_unreadable(reader, key, path);
		if (n == 0)
			break;
		const char *zero = memchr(buffer->bytes + buffer->len, '\0', (size_t)n);

		if (zero)
			return fail_zero_byte(reader, path,
				line_count(buffer->bytes, (size_t)(zero - buffer->bytes)));
		buffer->len += (size_t)n;
		if (buffer->len > TEXT_FILE_MAX)
			return config_fail(reader, key, "the file is too large; allowed: %lu MiB",
				TEXT_FILE_MAX >> 20);
	}
	buffer->bytes[buffer->len] = '\0';
	skip_byte_order_mark(buffer);
	return true;
}

bool text_file_read(
	struct config_reader *reader, const char *key, const char *path, struct text_file *out)
{
	struct buffer buffer = {0};
	struct stat status;
	bool is_read = false;
	int descriptor = reader->env->open_file(path);

	*out = (struct text_file){0};
	if (descriptor < 0 || fstat(descriptor, &status) != 0) {
		fail_unreadable(reader, key, path);
	} else {
		out->is_exposed = (status.st_mode & (S_IROTH | S_IWOTH)) != 0;
		is_read = read_text(reader, key, path, descriptor, &buffer);
	}
	if (descriptor >= 0)
		close(descriptor);
	if (is_read && !(out->path = strdup(path)))
		is_read = config_fail(reader, key, "out of memory; allowed: a smaller file");
	if (!is_read) {
		buffer_free(&buffer);
		return false;
	}
	out->text = buffer.bytes;
	out->size = buffer.size;
	return true;
}

void text_file_drop_text(struct text_file *file)
{
	struct buffer buffer = {.bytes = file->text, .size = file->size};

	buffer_free(&buffer);
	file->text = NULL;
}

void text_file_free(struct text_file *file)
{
	text_file_drop_text(file);
	free(file->path);
	file->path = NULL;
}
