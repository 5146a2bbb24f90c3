package io.decant.ingest.sink.http;

import io.decant.config.Secret;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** Hides secrets that somebody may have put into a text. Immutable; any thread. */
final class Redaction {

    /** A shorter word in an answer is no proof that the receiver showed the secret. */
    private static final int CHARS_MIN = 6;

    /** Hides nothing. */
    static final Redaction NONE = new Redaction(List.of());

    /** Longest first: one may be a part of another. */
    private final List<String> secrets;

    Redaction(Collection<String> secrets) {
        this.secrets = secrets.stream()
                .filter(secret -> secret.length() >= CHARS_MIN)
                .distinct()
                .sorted(Comparator.comparingInt(String::length).reversed())
                .toList();
    }

    /** The text without them. */
    String of(String text) {
        String shown = text;
        for (String secret : secrets) {
            shown = shown.replace(secret, Secret.HIDDEN);
        }
        return withoutBeginningAtEnd(shown);
    }

    /** What is kept of an answer may end in the midst of a secret. */
    private String withoutBeginningAtEnd(String text) {
        for (String secret : secrets) {
            for (int length = Math.min(secret.length() - 1, text.length()); length >= CHARS_MIN; length--) {
                if (text.endsWith(secret.substring(0, length))) {
                    return text.substring(0, text.length() - length) + Secret.HIDDEN;
                }
            }
        }
        return text;
    }
}
