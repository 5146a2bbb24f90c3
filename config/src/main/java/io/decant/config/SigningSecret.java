package io.decant.config;

import java.util.Base64;

/** The written form of a secret that requests are signed with, after Standard Webhooks: {@code whsec_} and base64. */
final class SigningSecret {

    private static final String PREFIX = "whsec_";
    /** From 192 to 512 bits, as the scheme says. */
    private static final int BYTES_MIN = 24;

    private static final int BYTES_MAX = 64;

    static final ValueType<Secret> TYPE = Types.secret("`whsec_` and base64 of 24 to 64 bytes", SigningSecret::check);

    private SigningSecret() {}

    private static void check(String text) {
        if (!text.isEmpty()) {
            decode(text);
        }
    }

    /** @throws InvalidValue if it has not that form */
    static byte[] decode(String text) {
        if (!text.startsWith(PREFIX)) {
            throw new InvalidValue(
                    "does not begin with whsec_", "write it as the receiver gives it: whsec_ and base64");
        }
        byte[] key;
        try {
            key = Base64.getDecoder().decode(text.substring(PREFIX.length()));
        } catch (IllegalArgumentException e) {
            throw new InvalidValue("is not base64 behind whsec_", "write it as the receiver gives it");
        }
        if (key.length < BYTES_MIN || key.length > BYTES_MAX) {
            throw new InvalidValue(
                    "is a key of " + key.length + " bytes",
                    "take " + BYTES_MIN + " to " + BYTES_MAX + ", e.g. whsec_ and what openssl rand -base64 32 prints");
        }
        return key;
    }
}
