package nova.core;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// Declares one configuration key on the component of a configuration record. The key is the
/// component's name in kebab-case below the key of its record. `docs/configuration.md` is generated
/// from these.
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Setting {
  /// What the setting means, with its unit, in one sentence for the operator.
  String value();

  /// The default, spelled as in the file (`30s`, `64MiB`, `true`); empty for a nested record.
  String byDefault() default "";
}
