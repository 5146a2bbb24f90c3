package io.decant.ingest.sink.http;

import io.decant.bucketer.Memory;
import io.decant.bucketer.RecordKey;
import io.decant.config.HttpSinkSettings;
import java.net.URI;

/**
 * Path and query of requests whose URL has placeholders: {@code {batch}}, {@code {bucket}} and {@code {key}}.
 * Immutable; any thread.
 */
final class UrlTemplate {

    /** A longer key, percent-encoded, is not put into a URL. */
    static final int KEY_CHARS_MAX = 8 << 10;

    private static final String BATCH = "%7Bbatch%7D";
    private static final String BUCKET = "%7Bbucket%7D";
    private static final String KEY = "%7Bkey%7D";
    private static final String HEX = "0123456789ABCDEF";
    /** What percent-encoding leaves as it is (RFC 3986, 2.3), beside letters and digits. */
    private static final String UNRESERVED = "-._~";

    private final String text;
    private final boolean isFixed;
    private final boolean hasKey;

    UrlTemplate(HttpSinkSettings settings) {
        URI url = settings.url();
        String path = url.getRawPath() == null || url.getRawPath().isEmpty() ? "/" : url.getRawPath();
        this.text = url.getRawQuery() == null ? path : path + "?" + url.getRawQuery();
        this.hasKey = text.contains(KEY);
        this.isFixed = !hasKey && !text.contains(BATCH) && !text.contains(BUCKET);
    }

    boolean hasKey() {
        return hasKey;
    }

    /**
     * What stands there for a part.
     *
     * @param key percent-encoded; not looked at without its placeholder
     * @return empty where there are no placeholders
     */
    String of(long batch, int bucket, String key) {
        return isFixed
                ? ""
                : text.replace(BATCH, Long.toString(batch))
                        .replace(BUCKET, Integer.toString(bucket))
                        .replace(KEY, key);
    }

    /** Why a key cannot stand in a URL; empty where it can. */
    static String problem(RecordKey key) {
        if (key.isAbsent() || key.length() == 0) {
            return "the record has no key, and the url has {key}";
        }
        boolean isDots = key.length() <= 2
                && Memory.getByte(key.address()) == '.'
                && Memory.getByte(key.address() + key.length() - 1) == '.';
        if (isDots) {
            return "the record's key is . or .., which is another path in a url";
        }
        return key.length() > KEY_CHARS_MAX || encoded(key).length() > KEY_CHARS_MAX
                ? "the record's key takes more than " + (KEY_CHARS_MAX >> 10) + " KiB in a url"
                : "";
    }

    /** Its bytes, percent-encoded. */
    static String encoded(RecordKey key) {
        StringBuilder encoded = new StringBuilder(key.length());
        for (int i = 0; i < key.length(); i++) {
            int octet = Memory.getByte(key.address() + i) & 0xff;
            boolean plain = (octet >= '0' && octet <= '9')
                    || (octet >= 'A' && octet <= 'Z')
                    || (octet >= 'a' && octet <= 'z')
                    || (octet < 0x80 && UNRESERVED.indexOf(octet) >= 0);
            if (plain) {
                encoded.append((char) octet);
            } else {
                encoded.append('%').append(HEX.charAt(octet >> 4)).append(HEX.charAt(octet & 0xf));
            }
        }
        return encoded.toString();
    }
}
