#!/usr/bin/env run-cargo-script
// Comments of all kinds, and text that looks like them.
/* one *//* two */
/**/
/***/
/*! inner */
/// outer, of one line
fn empty() {}

//// four slashes are no documentation
//
mod inner {
    //! inner documentation
    #![allow(unused)]

    pub(super) fn text() -> &'static str {
        "/* not a comment */ // nor this"
    }
    fn raw<'r>(r: &'r str) -> usize {
        let br = br##"bytes "# and "quotes""##.len();
        let c = c"null-terminated".count_bytes();
        r.len() - br - 1.max(2) - 1..2.len() + 0b1010_0101usize as usize
    }
}
union Bits {
    float: f32,
    word: u32,
}
type Callback<'a> = Box<dyn for<'b> Fn(&'b str, fn(u8) -> !) -> Option<&'a str> + 'a>;
impl<T> !Sync for Holder<T> where T: ?Sized {}
pub struct Holder<T: ?Sized>(pub *mut T, ::core::marker::PhantomData<T>);
pub struct Unit;
extern crate core;
extern "system" {
    static errno: i32;
    fn printf(format: *const i8, ...) -> i32;
}
fn last<T>(x: impl Into<Option<T>>) -> <Vec<T> as IntoIterator>::Item {
    x.into().unwrap_or_else(|| panic!("nothing"))
}
