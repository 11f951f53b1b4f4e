/* SPDX-License-Identifier: BSD-3-Clause */
/* Copyright (c) 2026, the wg-dpdk contributors */

#include "handshake/symmetric.h"

#include <sodium.h>

#include "base/secure.h"

static const char CONSTRUCTION[] = "Noise_IKpsk2_25519_ChaChaPoly_BLAKE2s"; /* [W] 5.4 */
static const char IDENTIFIER[] = "WireGuard v1 zx2c4 Jason@zx2c4.com";

bool symmetric_dh(uint8_t out_shared[WG_KEY_LEN], const uint8_t private_key[WG_KEY_LEN],
	const uint8_t public_key[WG_KEY_LEN])
{
	return crypto_scalarmult_curve25519(out_shared, private_key, public_key) == 0;
}

/* Every key of a handshake seals one text, so the nonce is always zero. */
static const uint8_t ZERO_NONCE[crypto_aead_chacha20poly1305_ietf_NPUBBYTES];

static void seal(uint8_t *out, const uint8_t key[WG_KEY_LEN], const void *plain, size_t len,
	const uint8_t hash[HASH_LEN])
{
	crypto_aead_chacha20poly1305_ietf_encrypt(
		out, NULL, plain, len, hash, HASH_LEN, NULL, ZERO_NONCE, key);
}

must_check static bool open(void *out, const uint8_t key[WG_KEY_LEN], const uint8_t *sealed,
	size_t sealed_len, const uint8_t hash[HASH_LEN])
{
	return crypto_aead_chacha20poly1305_ietf_decrypt(
		       out, NULL, NULL, sealed, sealed_len, hash, HASH_LEN, ZERO_NONCE, key)
		== 0;
}

static void mix_hash(struct symmetric *sym, const void *data, size_t len)
{
	hash_concat(sym->hash, sym->hash, HASH_LEN, data, len);
}

void symmetric_mix_shared(struct symmetric *sym, const uint8_t shared[WG_KEY_LEN])
{
	hash_kdf2(sym->chaining_key, sym->key, sym->chaining_key, shared, WG_KEY_LEN);
}

void symmetric_init(struct symmetric *sym, const uint8_t responder_public_key[WG_KEY_LEN])
{
	hash_concat(sym->chaining_key, CONSTRUCTION, sizeof(CONSTRUCTION) - 1, "", 0);
	hash_concat(sym->hash, sym->chaining_key, HASH_LEN, IDENTIFIER, sizeof(IDENTIFIER) - 1);
	mix_hash(sym, responder_public_key, WG_KEY_LEN);
}

/* With a preshared key e is mixed into the chaining key too: [N] 9.2. */
void symmetric_mix_ephemeral(struct symmetric *sym, const uint8_t public_key[WG_KEY_LEN])
{
	mix_hash(sym, public_key, WG_KEY_LEN);
	hash_kdf1(sym->chaining_key, sym->chaining_key, public_key, WG_KEY_LEN);
}

bool symmetric_mix_dh(struct symmetric *sym, const uint8_t private_key[WG_KEY_LEN],
	const uint8_t public_key[WG_KEY_LEN])
{
	uint8_t shared[WG_KEY_LEN];
	const bool is_good = symmetric_dh(shared, private_key, public_key);

	if (is_good)
		symmetric_mix_shared(sym, shared);
	secure_wipe(shared, sizeof(shared));
	return is_good;
}

void symmetric_mix_psk(struct symmetric *sym, const uint8_t preshared_key[WG_KEY_LEN])
{
	uint8_t tau[HASH_LEN];

	hash_kdf3(sym->chaining_key, tau, sym->key, sym->chaining_key, preshared_key, WG_KEY_LEN);
	mix_hash(sym, tau, sizeof(tau));
	secure_wipe(tau, sizeof(tau));
}

void symmetric_seal(struct symmetric *sym, uint8_t *out, const void *plain, size_t len)
{
	seal(out, sym->key, plain, len, sym->hash);
	mix_hash(sym, out, len + WG_TAG_LEN);
}

bool symmetric_open(struct symmetric *sym, void *out, const uint8_t *sealed, size_t sealed_len)
{
	if (!open(out, sym->key, sealed, sealed_len, sym->hash))
		return false;
	mix_hash(sym, sealed, sealed_len);
	return true;
}
