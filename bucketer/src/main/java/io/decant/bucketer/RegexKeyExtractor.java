package io.decant.bucketer;

import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Group 1 of the first match of a regular expression of Java's ({@link Pattern}) in the record, read as UTF-8
 * ({@link RecordText}). The key is the record's own bytes between the group's ends. There is none without a match, or
 * where group 1 took no part in it. Batches that 0.1.0 cut are keyed by this; {@link Re2KeyExtractor} is for all
 * others.
 *
 * <p>Neither is there one where matching would take too long (backtracking that is more than linear in the record) or
 * recurse too deep. The first is measured in characters read, and so the same every time. The second cannot be: how
 * deep the stack reaches depends on how much of the matcher is compiled. A match that overflows is therefore tried
 * again with a stack that records of ordinary size do not fill; what fills that too has no key.
 */
final class RegexKeyExtractor extends KeyExtractor {

    private static final long CHARS_READ_MAX = 1_000_000;
    private static final long CHARS_READ_PER_BYTE_MAX = 64;
    private static final long DEEP_STACK_BYTES = 256L << 20;

    private final RecordText text = new RecordText();
    private final Pattern pattern;

    RegexKeyExtractor(Pattern pattern) {
        this.pattern = pattern;
    }

    @Override
    public boolean find(long address, int length) {
        text.set(address, length);
        long allowance = CHARS_READ_MAX + CHARS_READ_PER_BYTE_MAX * length;
        try {
            return match(address, allowance);
        } catch (StackOverflowError e) {
            return matchDeep(address, length, allowance);
        }
    }

    private boolean match(long address, long allowance) {
        Matcher matcher = pattern.matcher(new MeteredText(text, allowance));
        try {
            if (!matcher.find() || matcher.start(1) < 0) {
                return false;
            }
        } catch (MeteredText.AllowanceExceededException e) {
            return false;
        }
        int from = text.byteOffset(matcher.start(1));
        found(address + from, text.byteOffset(matcher.end(1)) - from);
        return true;
    }

    private boolean matchDeep(long address, int length, long allowance) {
        // The text may have been left in the middle of decoding a block.
        text.set(address, length);
        CompletableFuture<Boolean> matched = new CompletableFuture<>();
        Runnable match = () -> {
            try {
                matched.complete(match(address, allowance));
            } catch (StackOverflowError e) {
                matched.complete(false);
            } catch (RuntimeException | Error e) {
                matched.completeExceptionally(e);
            }
        };
        String name = Thread.currentThread().getName() + "-deep-match";
        new Thread(null, match, name, DEEP_STACK_BYTES).start();
        return matched.join();
    }

    /**
     * A text of which so many characters may be read: that ends a match that would take forever at the same character
     * on every machine, where a clock would not.
     */
    private static final class MeteredText implements CharSequence {

        /** Thrown from within a match when too many characters were read. */
        private static final class AllowanceExceededException extends RuntimeException {
            private AllowanceExceededException() {
                super("too many characters read", null, false, false);
            }
        }

        private final RecordText text;
        private long allowance;

        private MeteredText(RecordText text, long allowance) {
            this.text = text;
            this.allowance = allowance;
        }

        @Override
        public char charAt(int index) {
            if (--allowance < 0) {
                throw new AllowanceExceededException();
            }
            return text.charAt(index);
        }

        @Override
        public int length() {
            return text.length();
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return text.subSequence(start, end);
        }

        @Override
        public String toString() {
            return text.toString();
        }
    }
}
