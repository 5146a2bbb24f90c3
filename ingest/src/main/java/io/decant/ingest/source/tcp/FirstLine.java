package io.decant.ingest.source.tcp;

import io.netty.buffer.ByteBuf;

/**
 * Looks whether a connection begins with what is surely no record: the request line of HTTP ({@code POST / HTTP/1.1},
 * any method, target and version, with or without a carriage return, the preface of HTTP/2 included), as a web page can
 * send it to any port, or a TLS handshake. The verdict depends on the bytes and not on how they are cut into reads: it
 * falls with the first byte that decides, the line's newline at the latest. Belongs to one thread.
 */
final class FirstLine {

    /** What the connection begins with. */
    enum Verdict {
        /** The line is not finished, and might become any of the others. */
        UNDECIDED,
        RECORDS,
        HTTP,
        TLS
    }

    /** What comes next, or has come. */
    private enum At {
        START,
        METHOD,
        TARGET_START,
        TARGET,
        VERSION,
        LINE_END,
        NEWLINE,
        TLS_MAJOR,
        TLS_MINOR
    }

    /** A 9 stands for any digit. */
    private static final String VERSION = "HTTP/9.9";

    /** What a token may have beside letters and digits: RFC 9110, section 5.6.2. */
    private static final String TOKEN_SIGNS = "!#$%&'*+-.^_`|~";

    /** Type of a record that belongs to a handshake, and the major version of all of TLS: RFC 8446, section 5.1. */
    private static final int TLS_HANDSHAKE = 0x16;

    private static final int TLS_MAJOR_VERSION = 3;
    private static final int TLS_MINOR_VERSION_MAX = 4;

    private At at = At.START;
    private int versionChars;
    private Verdict verdict = Verdict.UNDECIDED;

    /** Looks at the next read, and consumes nothing of it. */
    Verdict look(ByteBuf read) {
        for (int i = read.readerIndex(); i < read.writerIndex() && verdict == Verdict.UNDECIDED; i++) {
            look(read.getUnsignedByte(i));
        }
        return verdict;
    }

    /** The verdict where the input ends here. */
    Verdict atEndOfInput() {
        boolean isRequest = at == At.LINE_END || at == At.NEWLINE;
        return verdict == Verdict.UNDECIDED ? (isRequest ? Verdict.HTTP : Verdict.RECORDS) : verdict;
    }

    private void look(int next) {
        At following =
                switch (at) {
                    case START -> next == TLS_HANDSHAKE ? At.TLS_MAJOR : isOfToken(next) ? At.METHOD : null;
                    case METHOD -> next == ' ' ? At.TARGET_START : isOfToken(next) ? At.METHOD : null;
                    case TARGET_START -> isOfTarget(next) ? At.TARGET : null;
                    case TARGET -> next == ' ' ? At.VERSION : isOfTarget(next) ? At.TARGET : null;
                    case VERSION -> version(next);
                    case LINE_END -> next == '\r' ? At.NEWLINE : newline(next);
                    case NEWLINE -> newline(next);
                    case TLS_MAJOR -> next == TLS_MAJOR_VERSION ? At.TLS_MINOR : null;
                    case TLS_MINOR -> tlsMinor(next);
                };
        if (following == null) {
            verdict = Verdict.RECORDS;
        } else {
            at = following;
        }
    }

    private At version(int next) {
        char expected = VERSION.charAt(versionChars);
        if (expected == '9' ? !isDigit(next) : next != expected) {
            return null;
        }
        versionChars++;
        return versionChars == VERSION.length() ? At.LINE_END : At.VERSION;
    }

    private At newline(int next) {
        if (next != '\n') {
            return null;
        }
        verdict = Verdict.HTTP;
        return at;
    }

    private At tlsMinor(int next) {
        if (next > TLS_MINOR_VERSION_MAX) {
            return null;
        }
        verdict = Verdict.TLS;
        return at;
    }

    private static boolean isDigit(int c) {
        return c >= '0' && c <= '9';
    }

    private static boolean isOfToken(int c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || isDigit(c) || TOKEN_SIGNS.indexOf(c) >= 0;
    }

    /** More than a URL may have: everything that is neither blank nor control character. */
    private static boolean isOfTarget(int c) {
        return c > ' ' && c != 0x7f;
    }
}
