package io.decant.ingest.source.tcp;

/**
 * Why a connection is ended by the server. On the wire it is {@code ERR <n> <code> <text>} and a newline, where n is
 * the number of records of the connection or session that are durable: everything up to there is kept.
 */
enum ErrorCode {
    UNAUTHORIZED("unauthorized"),
    RECORD_TOO_LONG("record-too-long"),
    LINE_TIMEOUT("line-timeout"),
    BAD_PROTOCOL("bad-protocol"),
    BAD_SESSION("bad-session"),
    TOO_MANY_CONNECTIONS("too-many-connections"),
    SESSION_TAKEN_OVER("session-taken-over"),
    BUSY("busy"),
    SHUTTING_DOWN("shutting-down"),
    JOURNAL_FAILED("journal-failed");

    private final String code;

    ErrorCode(String code) {
        this.code = code;
    }

    /** As it stands on the wire. */
    String code() {
        return code;
    }

    /** The refusal of that code. */
    static ErrorCode of(String code) {
        for (ErrorCode refusal : values()) {
            if (refusal.code.equals(code)) {
                return refusal;
            }
        }
        throw new IllegalArgumentException("no refusal has the code " + code);
    }

    /** The whole line. What would break it in two (a newline in an exception's message) becomes a space. */
    String line(long durable, String text) {
        return "ERR " + durable + " " + code + " " + text.replaceAll("\\p{Cntrl}+", " ") + "\n";
    }
}
