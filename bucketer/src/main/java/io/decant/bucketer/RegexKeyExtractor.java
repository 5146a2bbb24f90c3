package io.decant.bucketer;

import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Group 1 of the first match of a regular expression ({@link Pattern}) in the record, read as UTF-8 ({@link Utf8Text}).
 * The key is the record's own bytes between the group's ends. There is none without a match, or where group 1 took no part
 * in it.
 *
 * <p>Neither is there one where matching would take too long (backtracking that is more than linear in the record) or
 * recurse too deep. The first is measured in characters read, and so the same every time. The second cannot be: how deep
 * the stack reaches depends on how much of the matcher is compiled. A match that overflows is therefore tried again with
 * a stack that records of ordinary size do not fill; what fills that too has no key.
 */
final class RegexKeyExtractor extends KeyExtractor {

    private static final long CHARS_READ_MAX = 1_000_000;
    private static final long CHARS_READ_PER_BYTE_MAX = 64;
    private static final long DEEP_STACK_BYTES = 256L << 20;

    private final Utf8Text text = new Utf8Text();
    private final Pattern pattern;

    RegexKeyExtractor(Pattern pattern) {
        this.pattern = pattern;
    }

    @Override
    byte[] key(byte[] record, int length) {
        try {
            return match(record, length);
        } catch (StackOverflowError e) {
            return matchDeep(record, length);
        }
    }

    private byte[] match(byte[] record, int length) {
        text.set(record, length, CHARS_READ_MAX + CHARS_READ_PER_BYTE_MAX * length);
        Matcher matcher = pattern.matcher(text);
        try {
            if (!matcher.find() || matcher.start(1) < 0) {
                return null;
            }
        } catch (Utf8Text.AllowanceExceededException e) {
            return null;
        }
        return Arrays.copyOfRange(record, text.byteOffset(matcher.start(1)), text.byteOffset(matcher.end(1)));
    }

    private byte[] matchDeep(byte[] record, int length) {
        CompletableFuture<byte[]> key = new CompletableFuture<>();
        Runnable match = () -> {
            try {
                key.complete(match(record, length));
            } catch (StackOverflowError e) {
                key.complete(null);
            } catch (RuntimeException | Error e) {
                key.completeExceptionally(e);
            }
        };
        String name = Thread.currentThread().getName() + "-deep-match";
        new Thread(null, match, name, DEEP_STACK_BYTES).start();
        return key.join();
    }
}
