package io.decant.bucketer;

/** Which differences between letters do not make two keys different; see {@link FoldingTable}. */
public enum Fold {
    /** Every difference counts. */
    NONE("none"),
    /** {@code Bob} and {@code bob} are one key. */
    CASE("case"),
    /** So are {@code Zoë} and {@code zoe}; spaces at the end do not count. */
    CASE_ACCENT("case-accent");

    private final String word;

    Fold(String word) {
        this.word = word;
    }

    /** As settings and cuts write it. */
    public String word() {
        return word;
    }

    /** @throws KeySpecException where it is none */
    public static Fold of(String word) {
        for (Fold fold : values()) {
            if (fold.word.equals(word)) {
                return fold;
            }
        }
        throw new KeySpecException("'" + word + "' is not a way to fold letters", "write none, case or case-accent");
    }
}
