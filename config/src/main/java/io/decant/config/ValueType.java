package io.decant.config;

import java.util.Optional;

/** What the value of a setting may be: how it is read, checked, written and described. */
sealed interface ValueType<T>
        permits ScalarType,
                ListType,
                HeadersType,
                PropertiesType,
                SectionType,
                OptionalSectionType,
                SectionsType,
                OptionalSectionsType,
                TransformStepType,
                TransformListType,
                KeyType,
                KeysType,
                ColumnsType {
    /** For the reference page: {@code duration}. */
    String name();

    /** For the reference page: the range, the choices or the form. */
    String range();

    /** The value; nothing, and its problems in {@code input}, where it cannot be used. {@code raw} is not absent. */
    Optional<T> read(Raw raw, String key, Input input);

    /** What {@link #read} reads back; secrets are hidden. */
    Raw write(T value);

    /**
     * Looks at a value that was made in code.
     *
     * @throws InvalidValue if {@link #read} would not have let it pass
     */
    void check(T value);
}
