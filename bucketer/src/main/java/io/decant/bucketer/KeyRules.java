package io.decant.bucketer;

import java.util.Objects;

/**
 * By which rules keys are found and compared, as a cut says.
 *
 * @param semantics {@link KeySpec#SEMANTICS_FIRST} or {@link KeySpec#SEMANTICS}
 * @param fold which letters are the same
 * @param csvDelimiter between the fields of CSV
 */
record KeyRules(int semantics, Fold fold, char csvDelimiter) {

    /** Those of 0.1.0: keys are compared byte for byte. */
    static final KeyRules FIRST = new KeyRules(KeySpec.SEMANTICS_FIRST, Fold.NONE, ',');
    /** Those of new cuts where the settings say nothing. */
    static final KeyRules DEFAULT = new KeyRules(KeySpec.SEMANTICS, Fold.NONE, ',');

    KeyRules {
        Objects.requireNonNull(fold, "fold");
    }

    /** An extractor that compares what another one finds by these rules. */
    KeyExtractor compared(KeyExtractor found) {
        return semantics == KeySpec.SEMANTICS_FIRST ? found : new ComparedKeyExtractor(found, fold);
    }
}
