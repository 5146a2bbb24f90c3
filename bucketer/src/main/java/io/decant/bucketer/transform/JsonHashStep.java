package io.decant.bucketer.transform;

import io.decant.bucketer.JsonPath;
import io.decant.bucketer.JsonScanner;
import io.decant.bucketer.JsonStringText;
import io.decant.bucketer.Memory;
import java.nio.charset.StandardCharsets;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;

/**
 * {@code json-hash: [/pointer, ...]}: in place of each value that the pointers lead to, the SHA-256 of a salt and the
 * value, as a string of 64 hexadecimal digits. Of a string the text is hashed, of anything else its JSON text as it
 * stands. What lies within a hashed value is replaced with it.
 */
final class JsonHashStep extends Step {

    static final String NAME = "json-hash";

    private final PointerNode.Walk root;
    private final byte[] salt;

    /** @param salt in UTF-8 */
    JsonHashStep(List<String> pointers, byte[] salt, StepText text) {
        super(text);
        this.root = PointerNode.of(pointers.stream().map(JsonPath::of).toList()).walk();
        this.salt = salt.clone();
    }

    @Override
    StepStage newStage(Workspace workspace) {
        return new Hash(workspace, root, salt);
    }

    /** A digest for the use of one thread. */
    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private static final class Hash extends JsonEdit {
        private static final int DIGEST_BYTES = 32;
        private static final int BUFFER_BYTES = 4096;
        private static final byte[] DIGITS = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

        private final MessageDigest digest = sha256();
        private final JsonStringText text = new JsonStringText();
        private final byte[] salt;
        private final byte[] buffer = new byte[BUFFER_BYTES];
        private final byte[] hash = new byte[DIGEST_BYTES];

        Hash(Workspace workspace, PointerNode.Walk root, byte[] salt) {
            super(workspace, root);
            this.salt = salt;
        }

        @Override
        long member(PointerNode.Walk node, PointerNode.Walk child, long name, long nameEnd, long from) {
            if (child == null || child.pointer() < 0) {
                return value(from, child);
            }
            long behind = scanner().value(from);
            if (behind != JsonScanner.MALFORMED) {
                replaceByHash(from, behind);
            }
            return behind;
        }

        private void replaceByHash(long from, long to) {
            digest.update(salt);
            if (scanner().peek(from) == '"') {
                BuildMemory scratch = scratch();
                scratch.begin();
                int raw = (int) (to - from - 2);
                long decoded = scratch.reserve(Math.max(1, raw));
                update(decoded, text.copyTo(from + 1, raw, decoded));
                scratch.cancel();
            } else {
                update(from, to - from);
            }
            try {
                digest.digest(hash, 0, DIGEST_BYTES);
            } catch (DigestException e) {
                throw new IllegalStateException("SHA-256 has 32 bytes", e);
            }
            BuildMemory build = replace(from, to);
            build.put('"');
            for (byte b : hash) {
                build.put(DIGITS[b >> 4 & 0xF]);
                build.put(DIGITS[b & 0xF]);
            }
            build.put('"');
        }

        private void update(long address, long bytes) {
            for (long done = 0; done < bytes; ) {
                int part = (int) Math.min(buffer.length, bytes - done);
                Memory.copyToArray(address + done, buffer, 0, part);
                digest.update(buffer, 0, part);
                done += part;
            }
        }
    }
}
