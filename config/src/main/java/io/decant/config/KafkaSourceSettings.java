package io.decant.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A source of {@code type: kafka}.
 *
 * @param bootstrapServers where the cluster is found, at least one
 * @param topics at least one
 * @param partitions numbers, the same in each topic; empty: all, those that are added later included
 * @param groupId whom offsets are committed for
 * @param start for partitions of which neither the journal nor the broker has an offset
 * @param maxRecord the longest record: key, value and headers together
 * @param properties handed through to the client, in file order
 */
public record KafkaSourceSettings(
        List<HostPort> bootstrapServers,
        List<String> topics,
        List<Integer> partitions,
        String groupId,
        PartitionAssignment assignment,
        StartOffset start,
        OnLostOffset onLostOffset,
        OnCorrupt onCorrupt,
        DataSize maxRecord,
        Map<String, PropertyValue> properties)
        implements SourceSettings {

    /** What stands under {@code type}. */
    public static final String TYPE = "kafka";

    private static final String OWN_BUSINESS = "remove it: Decant decides this itself";
    private static final Pattern PROPERTY = Pattern.compile("[A-Za-z0-9._-]{1,256}");
    /** Properties that cannot be set, and what to do instead. */
    private static final Map<String, String> TAKEN_PROPERTIES = Map.of(
            "bootstrap.servers", "use the key bootstrap-servers of the source",
            "group.id", "use the key group-id of the source",
            "auto.offset.reset", "use the keys start and on-lost-offset of the source",
            "enable.auto.commit", OWN_BUSINESS,
            "allow.auto.create.topics", OWN_BUSINESS,
            "key.deserializer", OWN_BUSINESS,
            "value.deserializer", OWN_BUSINESS,
            "group.protocol", OWN_BUSINESS);

    private static final SectionKeys<KafkaSourceSettings> KEYS = SectionKeys.of(KafkaSourceSettings.class);

    static final Setting<KafkaSourceSettings, List<HostPort>> BOOTSTRAP_SERVERS = KEYS.required(
            new ScalarType<>(
                    "an address",
                    "`host:port,...`",
                    KafkaSourceSettings::parseServers,
                    KafkaSourceSettings::printServers,
                    servers -> {},
                    text -> text),
            "Where the cluster is found: one broker or several, with commas between them, without a protocol before them.");

    static final Setting<KafkaSourceSettings, List<String>> TOPICS = KEYS.required(
            new ListType<>(
                    Types.text(
                            "1 to 249 of `A-Za-z0-9._-`",
                            Pattern.compile("(?!\\.{1,2}$)[A-Za-z0-9._-]{1,249}"),
                            () -> new InvalidValue(
                                    "is not the name of a topic", "write 1 to 249 of A-Z a-z 0-9 . _ -")),
                    "a list of topics",
                    ""),
            "The topics, e.g. `[clicks, orders]`. One that does not exist yet is waited for.");

    static final Setting<KafkaSourceSettings, List<Integer>> PARTITIONS = KEYS.optional(
            new ListType<>(Types.wholeNumber(0, 1_000_000), "a list of whole numbers", "all"),
            List.of(),
            "`all`, those that are added later included, or the numbers of some, e.g. `[0, 1]`; only with `assignment: own`.");

    static final Setting<KafkaSourceSettings, String> GROUP_ID = KEYS.optional(
            Types.text(
                    "1 to 255 printable characters",
                    Pattern.compile("[!-~]{1,255}"),
                    () -> new InvalidValue("is not a group id", "write 1 to 255 characters of printable ASCII")),
            "decant",
            "The consumer group for which offsets are committed, after the sync. With `assignment: own` nothing but tools that show"
                    + " the lag, and a journal that is new, looks at them.");

    static final Setting<KafkaSourceSettings, PartitionAssignment> ASSIGNMENT = KEYS.optional(
            Types.choice(PartitionAssignment.class),
            PartitionAssignment.OWN,
            "`own`: reads the partitions named here, each record once. `group`: shares the topics with the other members of the group;"
                    + " when a member dies, what it had read last is read again by another.");

    static final Setting<KafkaSourceSettings, StartOffset> START = KEYS.optional(
            Types.choice(StartOffset.class),
            StartOffset.EARLIEST,
            "Where a partition is begun of which neither the journal nor the broker has an offset. One that is found later, or that"
                    + " was made anew, is begun at its beginning.");

    static final Setting<KafkaSourceSettings, OnLostOffset> ON_LOST_OFFSET = KEYS.optional(
            Types.choice(OnLostOffset.class),
            OnLostOffset.FAIL,
            "When the broker has deleted the records that come next. `fail`: the partition is read no further, and `/status` says so;"
                    + " `earliest`, `latest`: it goes on there, and the log says how many were lost.");

    static final Setting<KafkaSourceSettings, OnCorrupt> ON_CORRUPT = KEYS.optional(
            Types.choice(OnCorrupt.class),
            OnCorrupt.FAIL,
            "At a record that cannot be read, because its checksum is wrong or it cannot be unpacked. `fail`: the partition is read no"
                    + " further, and `/status` names the offset; `skip`: it goes on behind it. The checksum is of a whole batch, so its"
                    + " other records are skipped too. They are counted and logged.");

    /** An eighth of the largest segment: see {@link Consistency}. */
    static final Setting<KafkaSourceSettings, DataSize> MAX_RECORD = KEYS.optional(
            Types.size("1KiB", "128MiB"),
            DataSize.ofMebibytes(16),
            "The longest record: key, value and headers together. At a longer one the partition is read no further, and `/status` says"
                    + " so.");

    static final Setting<KafkaSourceSettings, Map<String, PropertyValue>> PROPERTIES = KEYS.optional(
            new PropertiesType("property names and values", KafkaSourceSettings::checkProperty),
            Map.of(),
            "Handed through to Kafka's consumer, e.g. `security.protocol: SASL_SSL`, `isolation.level` (by default `read_committed`)."
                    + " Nothing shows a value that came from a variable, or whose name speaks of a password, secret, token, key or JAAS.");

    static final Section<KafkaSourceSettings> SECTION = KEYS.section();

    static final ComponentType<KafkaSourceSettings> COMPONENT_TYPE = new ComponentType<>(TYPE, "kafka.md", SECTION);

    /** @throws IllegalArgumentException if a value is out of its range */
    public KafkaSourceSettings {
        bootstrapServers = List.copyOf(bootstrapServers);
        topics = List.copyOf(topics);
        partitions = List.copyOf(partitions);
        properties = Collections.unmodifiableMap(new LinkedHashMap<>(properties));
        BOOTSTRAP_SERVERS.check(bootstrapServers);
        TOPICS.check(topics);
        PARTITIONS.check(partitions);
        GROUP_ID.check(groupId);
        ASSIGNMENT.check(assignment);
        START.check(start);
        ON_LOST_OFFSET.check(onLostOffset);
        ON_CORRUPT.check(onCorrupt);
        MAX_RECORD.check(maxRecord);
        PROPERTIES.check(properties);
    }

    @Override
    public String type() {
        return TYPE;
    }

    /** Which partitions a member of a group has is for the group to say. */
    @Override
    public List<Conflict> conflicts(String path, JournalSettings journal) {
        if (assignment != PartitionAssignment.GROUP || partitions.isEmpty()) {
            return List.of();
        }
        return List.of(Conflict.of(
                path + ".partitions",
                partitions,
                path + ".assignment",
                "group",
                "does not fit: with assignment: group the partitions are shared among the members",
                "remove partitions, or set assignment: own"));
    }

    /** Where the cluster is found, as it is written in the settings. */
    public String servers() {
        return printServers(bootstrapServers);
    }

    /** A text of Kafka's without the values of properties that must not show: its messages quote what they refuse. */
    public String hideSecrets(String text) {
        String shown = text;
        for (PropertyValue property : properties.values()) {
            if (property.secret() && !property.value().isEmpty()) {
                shown = shown.replace(property.value(), Secret.HIDDEN);
            }
        }
        return shown;
    }

    private static String printServers(List<HostPort> servers) {
        return servers.stream().map(HostPort::toString).collect(Collectors.joining(","));
    }

    private static List<HostPort> parseServers(String text) {
        if (text.contains("://")) {
            throw new InvalidValue(
                    "has a protocol before an address",
                    "write host:port alone, and set security.protocol in the section properties");
        }
        return Stream.of(text.split(",", -1))
                .map(String::strip)
                .map(HostPort::parse)
                .toList();
    }

    private static void checkProperty(String name) {
        if (!PROPERTY.matcher(name).matches()) {
            throw new InvalidValue("is not the name of a property", "write e.g. security.protocol");
        }
        String wayOut = TAKEN_PROPERTIES.get(name);
        if (wayOut != null) {
            throw new InvalidValue("is not set here", wayOut);
        }
    }
}
