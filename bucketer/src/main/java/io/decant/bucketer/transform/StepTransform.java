package io.decant.bucketer.transform;

import io.decant.bucketer.Transform;
import io.decant.bucketer.Transformer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The steps of a source, one after the other, and what becomes of a record that one of them fails on.
 *
 * <p>Its {@linkplain #frozen texts} stand in the cut of a batch: the steps as they are written canonically, and behind
 * which rules they have. A later version that gives a step another meaning counts {@link #SEMANTICS} up and keeps the
 * old one for the batches that were cut with it.
 *
 * <p>Immutable. Two are equal when they do the same.
 */
public final class StepTransform implements Transform {

    /** The version of what the steps mean. */
    public static final int SEMANTICS = 1;
    /** Most steps of one source. */
    public static final int STEPS_MAX = 256;
    /** The environment variable with the salt of {@code json-hash}. */
    public static final String SALT_VARIABLE = "DECANT_HASH_SALT";

    private static final Pattern HEADER = Pattern.compile("semantics: ([0-9]{1,9}), transform-error: (dlq|keep|drop)");

    private final List<Step> steps;
    private final TransformError error;
    /** The bytes of which each can make one record more; null: it is not that simple. */
    private final ByteSet separators;

    private StepTransform(List<Step> steps, TransformError error) {
        this.steps = List.copyOf(steps);
        this.error = Objects.requireNonNull(error, "error");
        this.separators = separators(this.steps);
    }

    /** What is built may have more of these bytes; but nothing splits behind the last step that does. */
    private static ByteSet separators(List<Step> steps) {
        ByteSet all = ByteSet.NONE;
        int splitting = steps.size();
        while (splitting > 0 && !steps.get(splitting - 1).canSplit()) {
            splitting--;
        }
        for (Step step : steps.subList(0, splitting)) {
            Optional<ByteSet> separators = step.separators();
            if (separators.isEmpty()) {
                return null;
            }
            all = all.and(separators.get());
        }
        return all;
    }

    /**
     * Makes one of texts.
     *
     * @param texts of the steps, in order; none: nothing is done to a record
     * @param salt of {@code json-hash}, in UTF-8; null: there is none
     * @throws StepException where one of them is no step, or there are more than {@link #STEPS_MAX}
     */
    public static StepTransform of(List<String> texts, TransformError error, byte[] salt) {
        if (texts.size() > STEPS_MAX) {
            throw new StepException(texts.size() + " steps; there can be " + STEPS_MAX);
        }
        List<Step> steps = new ArrayList<>();
        texts.forEach(text -> steps.add(StepKinds.parse(text, salt)));
        return new StepTransform(steps, error);
    }

    /**
     * Makes one of {@link #frozen} texts.
     *
     * @throws StepException where this version does not know what they mean, or the salt is not the one of then
     */
    public static StepTransform ofFrozen(List<String> frozen, byte[] salt) {
        Matcher header = HEADER.matcher(frozen.isEmpty() ? "" : frozen.get(0));
        if (!header.matches() || Integer.parseInt(header.group(1)) != SEMANTICS) {
            throw new StepException("transforms with '" + (frozen.isEmpty() ? "" : frozen.get(0)) + "'");
        }
        TransformError error = TransformError.valueOf(header.group(2).toUpperCase(Locale.ROOT));
        return of(frozen.subList(1, frozen.size()), error, salt);
    }

    /** The salt of {@code json-hash} in an environment, in UTF-8; null where the variable is not set, or empty. */
    public static byte[] saltOf(Map<String, String> environment) {
        String salt = environment.getOrDefault(SALT_VARIABLE, "");
        return salt.isEmpty() ? null : salt.getBytes(StandardCharsets.UTF_8);
    }

    /** What a cut keeps of it: the version of the rules with what becomes of failed records, then the steps. */
    public List<String> frozen() {
        List<String> texts = new ArrayList<>();
        texts.add("semantics: " + SEMANTICS + ", transform-error: " + error.text());
        texts.addAll(texts());
        return List.copyOf(texts);
    }

    /** Canonical texts of the steps, in order. */
    public List<String> texts() {
        return steps.stream().map(Step::text).toList();
    }

    /** What becomes of a record that cannot be transformed. */
    public TransformError error() {
        return error;
    }

    @Override
    public int steps() {
        return steps.size();
    }

    @Override
    public boolean canSplit() {
        return steps.stream().anyMatch(Step::canSplit);
    }

    @Override
    public long outputsAtMost(long address, long bytes, long records) {
        return separators == null ? UNKNOWN : records + separators.count(address, bytes);
    }

    @Override
    public boolean onlyFilters() {
        return steps.stream().allMatch(Step::filters);
    }

    @Override
    public Transformer newTransformer() {
        return new StepTransformer(steps, error);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof StepTransform that && that.steps.equals(steps) && that.error == error;
    }

    @Override
    public int hashCode() {
        return Objects.hash(steps, error);
    }

    @Override
    public String toString() {
        return frozen().toString();
    }
}
