package io.decant.ingest.batch;

import io.decant.bucketer.KeySpec;
import io.decant.ingest.journal.Cut;
import io.decant.ingest.journal.JournalException;
import io.decant.ingest.journal.Shape;
import java.util.ArrayList;
import java.util.List;

/** Refuses a batch whose cut asks for what this version cannot do: it would make other buckets of it. Stateless. */
final class KnownShape {

    private KnownShape() {}

    /**
     * @param salt of {@code json-hash}; null: there is none
     * @return what the records of its sources go through
     * @throws JournalException of kind {@link JournalException.Kind#FOREIGN} that names all of it
     */
    static BatchTransforms require(Cut cut, byte[] salt) {
        Shape shape = cut.shape();
        List<String> unknown = new ArrayList<>();
        if (shape.keys().size() > 1) {
            unknown.add(shape.keys().size() + " keys");
        }
        shape.keys().stream()
                .filter(key -> !key.folding().isEmpty())
                .forEach(key -> unknown.add("folding '" + key.folding() + "' of key " + key.text()));
        if (shape.keySemantics() > KeySpec.SEMANTICS) {
            unknown.add("key semantics " + shape.keySemantics());
        }
        BatchTransforms transforms = BatchTransforms.of(shape.transforms(), salt, unknown::add);
        if (!unknown.isEmpty()) {
            throw new JournalException(
                    JournalException.Kind.FOREIGN,
                    "journal: batch " + cut.batch() + " was cut by a newer version with " + String.join(", ", unknown)
                            + ", which this version does not know; start that version again to deliver it");
        }
        return transforms;
    }
}
