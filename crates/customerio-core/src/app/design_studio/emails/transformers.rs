//! The transformations of the HTML of an e-mail before it is sent.

use super::settings::{Known, settings};
use crate::entity::open_enum;

settings! {
    /// The transformations of the HTML of an e-mail before it is sent, step by step, as responses have it and requests
    /// take it.
    ///
    /// In a request, what is not set stays as it is. All steps are off by default.
    ///
    /// ```
    /// # use customerio_core::facade as customerio;
    /// use customerio::{
    ///     Prepared, app::design_studio::emails::{CssInliner, Transformers, Update}, limits::Limits,
    /// };
    ///
    /// let steps = Transformers::new()
    ///     .with_css_inliner(CssInliner::new().with_enabled(true))
    ///     .with_prevent_widows(true);
    /// let update = Update::new("7f1f1d3c-9d1a-4b53-8c3e-2f0f6f3f5a11").with_transformers(steps);
    /// let request = Prepared::new(update, &Limits::default())?;
    /// assert_eq!(
    ///     request.body(),
    ///     r#"{"transformers":{"css_inliner":{"enabled":true},"prevent_widows":{"enabled":true}}}"#
    /// );
    /// # Ok::<(), customerio::BuildError>(())
    /// ```
    pub struct Transformers {
        /// Makes it easier to read with a screen reader.
        with_accessibility, accessibility: Accessibility;
        /// Moves CSS from style sheets to the elements, because some e-mail clients read no style sheets.
        with_css_inliner, css_inliner: CssInliner;
        /// Replaces CSS variables by their values.
        with_css_variables, css_variables: CssVariables;
        /// Writes special characters as HTML entities.
        with_encode_entities, encode_entities: Switch;
        /// Formats or minifies the HTML.
        with_formatter, formatter: Formatter;
        /// Keeps the last word of a paragraph from a line of its own.
        with_prevent_widows, prevent_widows: Switch;
        /// Removes CSS that nothing uses.
        with_remove_unused_css, remove_unused_css: UnusedCss;
        /// Adds parameters to the URLs of links.
        with_url_parameters, url_parameters: UrlParameters;
    }
}

settings! {
    /// A step that is only on or off: `true` and `false` are ones.
    pub struct Switch {
        /// Whether it is on. Default: false.
        with_enabled, enabled: bool;
    }
}

impl From<bool> for Switch {
    fn from(enabled: bool) -> Self {
        Self::new().with_enabled(enabled)
    }
}

settings! {
    /// How an e-mail is made easier to read with a screen reader.
    pub struct Accessibility {
        /// Whether it is done. Default: false.
        with_enabled, enabled: bool;
        /// The language of the e-mail, such as `en`. Default: none.
        with_language, language: String;
        /// Says the language in the element `html`. Default: true.
        with_add_lang_to_html, add_lang_to_html: bool;
        /// Says the language around the content. Default: true.
        with_add_lang_to_content, add_lang_to_content: bool;
        /// Says the direction of the text in the element `html`. Default: true.
        with_add_dir_to_html, add_dir_to_html: bool;
        /// Says the direction of the text around the content. Default: true.
        with_add_dir_to_content, add_dir_to_content: bool;
        /// Adds a title to the head. Default: true.
        with_add_title_to_head, add_title_to_head: bool;
        /// Says of tables that they are for layout. Default: true.
        with_add_role_to_tables, add_role_to_tables: bool;
        /// Gives images without an alternative text an empty one. Default: true.
        with_add_empty_alt_to_images, add_empty_alt_to_images: bool;
        /// Gives images in VML an alternative text. Default: true.
        with_add_vml_alt_text, add_vml_alt_text: bool;
        /// Does not say of links that they are buttons. Default: true.
        with_remove_button_role_from_links, remove_button_role_from_links: bool;
        /// Removes the element `meta` that forbids to zoom. Default: true.
        with_remove_zoom_meta_tag, remove_zoom_meta_tag: bool;
    }
}

settings! {
    /// How CSS moves from style sheets to the elements.
    pub struct CssInliner {
        /// Whether it does. Default: false.
        with_enabled, enabled: bool;
        /// Moves what is in `style` elements. Default: true.
        with_apply_style_tags, apply_style_tags: bool;
        /// Removes `style` elements then. Default: true.
        with_remove_style_tags, remove_style_tags: bool;
        /// Keeps `!important`. Default: false.
        with_preserve_important, preserve_important: bool;
        /// Keeps media queries. Default: true.
        with_preserve_media_queries, preserve_media_queries: bool;
        /// Keeps `@font-face`. Default: true.
        with_preserve_font_faces, preserve_font_faces: bool;
        /// Keeps `@keyframes`. Default: true.
        with_preserve_keyframes, preserve_keyframes: bool;
        /// Keeps rules with pseudo-classes and pseudo-elements. Default: true.
        with_preserve_pseudos, preserve_pseudos: bool;
        /// Makes elements of pseudo-elements such as `::before`. Default: false.
        with_inline_pseudo_elements, inline_pseudo_elements: bool;
        /// Writes CSS as HTML attributes too, where there are such.
        with_apply_html_attributes, apply_html_attributes: HtmlAttributes;
    }
}

settings! {
    /// Which CSS becomes HTML attributes too.
    pub struct HtmlAttributes {
        /// Whether any does. Default: true.
        with_enabled, enabled: bool;
        /// Widths. Default: true.
        with_apply_width_attributes, apply_width_attributes: bool;
        /// Heights. Default: true.
        with_apply_height_attributes, apply_height_attributes: bool;
        /// Applies the attributes of tables, such as alignment and colour, to their elements. Default: true.
        with_apply_table_element_attributes, apply_table_element_attributes: bool;
    }
}

settings! {
    /// How CSS variables are replaced by their values.
    pub struct CssVariables {
        /// Whether they are. Default: false.
        with_enabled, enabled: bool;
        /// Keeps the variables beside the values. Default: false.
        with_preserve, preserve: bool;
    }
}

settings! {
    /// How the HTML is written.
    pub struct Formatter {
        /// Whether it becomes pretty, or small. Default: neither.
        with_format, format: Format as "type";
        /// How it becomes pretty.
        with_prettify, prettify: Prettify;
        /// How it becomes small.
        with_minify, minify: Minify;
    }
}

open_enum! {
    /// How the HTML is written.
    pub enum Format {
        /// Unchanged.
        None = "none",
        /// Easy to read.
        Prettify = "prettify",
        /// Minified.
        Minify = "minify",
    }
}

impl Known for Format {}

settings! {
    /// How the HTML becomes pretty.
    pub struct Prettify {
        /// Sets the character that indents lines. Default: spaces.
        with_indent_character, indent_character: Indent;
        /// How many of them for a level. Default: 2.
        with_indent_size, indent_size: u32;
        /// Writes each attribute on a line of its own. Default: false.
        with_wrap_attributes, wrap_attributes: bool;
    }
}

open_enum! {
    /// The character that indents lines.
    pub enum Indent {
        /// Spaces.
        Spaces = "spaces",
        /// Tabs.
        Tabs = "tabs",
    }
}

impl Known for Indent {}

settings! {
    /// How the HTML becomes small.
    pub struct Minify {
        /// The most bytes of a line. Default: 500.
        with_line_length_limit, line_length_limit: u32;
        /// Removes comments in CSS. Default: true.
        with_remove_css_comments, remove_css_comments: bool;
        /// Which comments in HTML are removed. Default: none.
        with_remove_html_comments, remove_html_comments: HtmlComments;
        /// Removes what lines are indented with. Default: true.
        with_remove_indentations, remove_indentations: bool;
        /// Removes line breaks. Default: false.
        with_remove_line_breaks, remove_line_breaks: bool;
    }
}

open_enum! {
    /// Which comments in HTML are removed.
    pub enum HtmlComments {
        /// None.
        None = "0",
        /// All but those that e-mail clients read as conditions.
        Unconditional = "1",
        /// All.
        All = "2",
    }
}

impl Known for HtmlComments {}

settings! {
    /// How CSS is removed that nothing uses.
    pub struct UnusedCss {
        /// Whether it is. Default: false.
        with_enabled, enabled: bool;
        /// Gives the classes short names. Default: false.
        with_uglify, uglify: bool;
        /// Which selectors stay in any case. They replace those that there are.
        with_whitelist, whitelist: [String];
        /// Sets the markers around code of another language, in which no CSS is searched. They replace the current
        /// ones. Default: those of Liquid.
        with_backend_markers, backend_markers: [BackendMarker];
    }
}

settings! {
    /// The markers that begin and end code of another language, such as `{{` and `}}`.
    pub struct BackendMarker {
        /// Sets the markers that begin it.
        with_heads, heads: String;
        /// Sets the markers that end it.
        with_tails, tails: String;
    }
}

settings! {
    /// Which parameters are added to the URLs of links.
    pub struct UrlParameters {
        /// Whether they are. Default: false.
        with_enabled, enabled: bool;
        /// The parameters. They replace those that there are.
        with_parameters, parameters: [UrlParameter];
    }
}

settings! {
    /// A parameter that is added to the URLs of links.
    pub struct UrlParameter {
        /// The name.
        with_key, key: String;
        /// The value.
        with_value, value: String;
        /// Whether the value is percent-encoded.
        with_url_encode, url_encode: bool;
    }
}

/// One with every setting, each other than its default.
#[cfg(any(test, feature = "samples"))]
pub(super) fn sample() -> Transformers {
    let accessibility = Accessibility::new()
        .with_enabled(true)
        .with_language("LEAK-language")
        .with_add_lang_to_html(false)
        .with_add_lang_to_content(false)
        .with_add_dir_to_html(false)
        .with_add_dir_to_content(false)
        .with_add_title_to_head(false)
        .with_add_role_to_tables(false)
        .with_add_empty_alt_to_images(false)
        .with_add_vml_alt_text(false)
        .with_remove_button_role_from_links(false)
        .with_remove_zoom_meta_tag(false);
    let attributes = HtmlAttributes::new()
        .with_enabled(false)
        .with_apply_width_attributes(false)
        .with_apply_height_attributes(false)
        .with_apply_table_element_attributes(false);
    let inliner = CssInliner::new()
        .with_enabled(true)
        .with_apply_style_tags(false)
        .with_remove_style_tags(false)
        .with_preserve_important(true)
        .with_preserve_media_queries(false)
        .with_preserve_font_faces(false)
        .with_preserve_keyframes(false)
        .with_preserve_pseudos(false)
        .with_inline_pseudo_elements(true)
        .with_apply_html_attributes(attributes);
    let minify = Minify::new()
        .with_line_length_limit(100)
        .with_remove_css_comments(false)
        .with_remove_html_comments(HtmlComments::All)
        .with_remove_indentations(false)
        .with_remove_line_breaks(true);
    let prettify = Prettify::new().with_indent_character("tabs").with_indent_size(1).with_wrap_attributes(true);
    let unused = UnusedCss::new()
        .with_enabled(true)
        .with_uglify(true)
        .with_whitelist(["LEAK-selector"])
        .with_backend_markers([BackendMarker::new().with_heads("{{").with_tails("}}")]);
    let utm = UrlParameter::new().with_key("LEAK-key").with_value("LEAK-value").with_url_encode(true);
    Transformers::new()
        .with_accessibility(accessibility)
        .with_css_inliner(inliner)
        .with_css_variables(CssVariables::new().with_enabled(true).with_preserve(true))
        .with_encode_entities(true)
        .with_formatter(Formatter::new().with_format("minify").with_prettify(prettify).with_minify(minify))
        .with_prevent_widows(Switch::new().with_enabled(true))
        .with_remove_unused_css(unused)
        .with_url_parameters(UrlParameters::new().with_enabled(true).with_parameters([utm]))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::survives_changes;

    /// Every setting, each other than its default.
    fn all() -> Value {
        json!({
            "accessibility": {
                "enabled": true, "language": "LEAK-language", "add_lang_to_html": false, "add_lang_to_content": false,
                "add_dir_to_html": false, "add_dir_to_content": false, "add_title_to_head": false,
                "add_role_to_tables": false, "add_empty_alt_to_images": false, "add_vml_alt_text": false,
                "remove_button_role_from_links": false, "remove_zoom_meta_tag": false,
            },
            "css_inliner": {
                "enabled": true, "apply_style_tags": false, "remove_style_tags": false, "preserve_important": true,
                "preserve_media_queries": false, "preserve_font_faces": false, "preserve_keyframes": false,
                "preserve_pseudos": false, "inline_pseudo_elements": true,
                "apply_html_attributes": {
                    "enabled": false, "apply_width_attributes": false, "apply_height_attributes": false,
                    "apply_table_element_attributes": false,
                },
            },
            "css_variables": {"enabled": true, "preserve": true},
            "encode_entities": {"enabled": true},
            "formatter": {
                "type": "minify",
                "prettify": {"indent_character": "tabs", "indent_size": 1, "wrap_attributes": true},
                "minify": {
                    "line_length_limit": 100, "remove_css_comments": false, "remove_html_comments": "2",
                    "remove_indentations": false, "remove_line_breaks": true,
                },
            },
            "prevent_widows": {"enabled": true},
            "remove_unused_css": {
                "enabled": true, "uglify": true, "whitelist": ["LEAK-selector"],
                "backend_markers": [{"heads": "{{", "tails": "}}"}],
            },
            "url_parameters": {
                "enabled": true, "parameters": [{"key": "LEAK-key", "value": "LEAK-value", "url_encode": true}],
            },
        })
    }

    #[test]
    fn every_setting_is_read_and_written() {
        let read: Transformers = serde_json::from_value(all()).unwrap();
        assert_eq!(read, sample());
        assert_eq!(serde_json::to_value(&read).unwrap(), all());
        let minify = read.formatter.unwrap().minify.unwrap();
        assert_eq!((minify.line_length_limit, minify.remove_html_comments), (Some(100), Some(HtmlComments::All)));
        survives_changes::<Transformers>(&all(), &[]);
    }

    #[test]
    fn a_request_has_no_field_that_the_service_may_not_know() {
        let mut json = all();
        for pointer in ["", "/css_inliner", "/css_inliner/apply_html_attributes", "/url_parameters/parameters/0"] {
            json.pointer_mut(pointer).unwrap()["new"] = 1.into();
        }
        json["prevent_widows"]["enabled"] = "often".into();
        let mut read: Transformers = serde_json::from_value(json).unwrap();
        assert_eq!(read.extra["new"], 1);
        read.retain_known();
        let mut expected = all();
        expected["prevent_widows"] = json!({});
        assert_eq!(serde_json::to_value(&read).unwrap(), expected);
    }

    #[test]
    fn a_list_that_is_set_to_none_is_sent_and_one_that_is_not_set_is_not() {
        let none = UnusedCss::new().with_whitelist([""; 0]);
        assert_eq!(serde_json::to_value(none).unwrap(), json!({"whitelist": []}));
        // A list with an unreadable item stays whole, beside the fields.
        let read: UnusedCss = serde_json::from_value(json!({"whitelist": ["a", {}]})).unwrap();
        assert_eq!((read.whitelist, &read.extra["whitelist"]), (None, &json!(["a", {}])));
    }
}
